// Apollo Client's core: documents are typed, pages merge, hashes stand for documents.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, test } from 'node:test'
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client/core'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { createClient } from 'graphql-ws'
import { firstValueFrom, take, toArray } from 'rxjs'
import { WebSocket } from 'ws'
import { QUOTES, STOCK, STOCKS } from '../src/typed/documents.js'
import { opened, SOCKET_URL, URL } from './server.js'

before(opened)

function cache(): InMemoryCache {
  return new InMemoryCache({ typePolicies: { Query: { fields: { stocks: relayStylePagination() } } } })
}

test('a query over HTTP', async () => {
  const client = new ApolloClient({ link: new HttpLink({ uri: URL }), cache: cache() })
  const { data } = await client.query({ query: STOCK, variables: { symbol: 'AAPL', timeframe: 'D30' } })
  assert.equal(data?.stock?.symbol, 'AAPL')
  assert.equal(typeof data?.stock?.sentiment.count, 'number')
})

test('the pages of a connection become one list in the cache', async () => {
  const client = new ApolloClient({ link: new HttpLink({ uri: URL }), cache: cache() })
  const query = client.watchQuery({ query: STOCKS, variables: { first: 2 } })
  const first = (await client.query({ query: STOCKS, variables: { first: 2 } })).data?.stocks
  assert.ok(first)
  assert.equal(first.edges.length, 2)
  await query.fetchMore({ variables: { first: 2, after: first.pageInfo.endCursor } })
  const merged = client.readQuery({ query: STOCKS, variables: { first: 2 } })?.stocks
  assert.ok(merged)
  const symbols = merged.edges.map(({ node }) => node.symbol)
  assert.equal(symbols.length, 4)
  assert.deepEqual(symbols, [...new Set(symbols)].sort())
  assert.equal(merged.pageInfo.hasPreviousPage, false)
  assert.equal(merged.pageInfo.startCursor, first.pageInfo.startCursor)
  assert.notEqual(merged.pageInfo.endCursor, first.pageInfo.endCursor)
})

test('a subscription over a socket', async () => {
  const socket = createClient({ url: SOCKET_URL, webSocketImpl: WebSocket })
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: cache() })
  const events = client.subscribe({ query: QUOTES, variables: { symbols: ['AAPL', 'MSFT'] } })
  const results = await firstValueFrom(events.pipe(take(3), toArray()))
  const symbols = results.map(({ data }) => data?.quoteUpdated.symbol)
  assert.ok(symbols.every((symbol) => symbol === 'AAPL' || symbol === 'MSFT'), String(symbols))
  await socket.dispose()
})

for (const useGETForHashedQueries of [false, true]) {
  test(`automatic persisted queries by ${useGETForHashedQueries ? 'GET' : 'POST'}`, async () => {
    const sent: string[] = []
    const observed: typeof fetch = async (input, init) => {
      const hasDocument = new globalThis.URL(String(input)).searchParams.has('query') || /"query"/.test(String(init?.body))
      const response = await fetch(input, init)
      sent.push(`${init?.method} ${hasDocument ? 'document' : 'hash'} ${response.status}`)
      return response
    }
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const ask = async () => {
      const link = new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(
        new HttpLink({ uri: URL, fetch: observed }),
      )
      const client = new ApolloClient({ link, cache: cache() })
      // A name of its own: no other run left this document with the server.
      const name = `Own${process.hrtime.bigint()}`
      return { client, name }
    }
    const { gql } = await import('@apollo/client/core')
    const [first, second] = [await ask(), await ask()]
    const query = gql(`query ${first.name} { stock(symbol: "AAPL") { id symbol } }`)
    for (const { client } of [first, second]) {
      const { data } = await client.query<{ stock: { symbol: string } }>({ query })
      assert.equal(data?.stock.symbol, 'AAPL')
    }
    const way = useGETForHashedQueries ? 'GET' : 'POST'
    const unknown = sent.shift()
    assert.match(unknown ?? '', new RegExp(`^${way} hash (200|400)$`))
    assert.deepEqual(sent, ['POST document 200', `${way} hash 200`])
  })
}
