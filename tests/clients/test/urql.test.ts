// urql's core.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient } from 'graphql-ws'
import { pipe, take, toPromise } from 'wonka'
import { WebSocket } from 'ws'
import { QUOTES, STOCK } from '../src/typed/documents.js'
import { opened, SOCKET_URL, URL } from './server.js'

before(opened)

const socket = createClient({ url: SOCKET_URL, webSocketImpl: WebSocket })
const client = new Client({
  url: URL,
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: variables as Record<string, unknown> }, sink) }),
      }),
    }),
  ],
})

test('a query', async () => {
  const { data, error } = await client.query(STOCK, { symbol: 'AAPL' }).toPromise()
  assert.equal(error, undefined)
  assert.equal(data?.stock?.symbol, 'AAPL')
})

test('a query by GET', async () => {
  const context = { preferGetMethod: 'force' as const, requestPolicy: 'network-only' as const }
  const { data, error } = await client.query(STOCK, { symbol: 'MSFT' }, context).toPromise()
  assert.equal(error, undefined)
  assert.equal(data?.stock?.symbol, 'MSFT')
})

test('an error', async () => {
  const { data, error } = await client.query('{ nothing }', {}).toPromise()
  assert.equal(data ?? null, null)
  assert.match(error?.graphQLErrors[0]?.message ?? '', /nothing/)
})

test('a subscription', async () => {
  const events = pipe(client.subscription(QUOTES, { symbols: ['AAPL'] }), take(3), toPromise)
  const { data, error } = await events
  assert.equal(error, undefined)
  assert.equal(data?.quoteUpdated.symbol, 'AAPL')
  await socket.dispose()
})
