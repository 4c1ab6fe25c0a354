// npm `graphql-sse` in its mode of distinct connections.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { print } from 'graphql'
import { createClient } from 'graphql-sse'
import { ME, QUOTES, STOCK } from '../src/typed/documents.js'
import { opened, TOKEN, URL } from './server.js'

before(opened)

const client = createClient({ url: URL, retryAttempts: 0 })
const QUOTE = { query: print(QUOTES), variables: { symbols: ['AAPL'] } }

test('a query', async () => {
  const results = []
  for await (const result of client.iterate({ query: print(STOCK), variables: { symbol: 'AAPL' } })) results.push(result)
  assert.equal(results.length, 1)
  assert.equal((results[0]?.data?.stock as { symbol: string }).symbol, 'AAPL')
})

test('a subscription, until the client has enough', async () => {
  const seen = new Set<string>()
  for await (const { data } of client.iterate(QUOTE)) {
    seen.add((data?.quoteUpdated as { asOf: string }).asOf)
    if (seen.size === 3) break
  }
  assert.equal(seen.size, 3)
})

test('a subscription that is given up ends, and the server closes its side', async () => {
  let isClosed = false
  const fetched: typeof fetch = async (...request) => {
    request[1]?.signal?.addEventListener('abort', () => (isClosed = true))
    return fetch(...request)
  }
  const own = createClient({ url: URL, retryAttempts: 0, fetchFn: fetched })
  const outcome = await new Promise<string>((resolve) => {
    const abort = own.subscribe(QUOTE, {
      next: () => abort(),
      error: (error) => resolve(`error ${String(error)}`),
      complete: () => resolve('complete'),
    })
  })
  assert.deepEqual([outcome, isClosed], ['complete', true])
})

test('a document that can’t run has errors, and no data', async () => {
  const results = []
  for await (const result of client.iterate({ query: '{ nothing }' })) results.push(result)
  assert.equal(results.length, 1)
  assert.match(results[0]?.errors?.[0]?.message ?? '', /nothing/)
  assert.equal('data' in (results[0] ?? {}), false)
})

test('a token in a header', async () => {
  const own = createClient({ url: URL, retryAttempts: 0, headers: { authorization: `Bearer ${TOKEN}` } })
  for await (const { data } of own.iterate({ query: print(ME) })) {
    assert.match((data?.me as { email: string }).email, /@/)
  }
})
