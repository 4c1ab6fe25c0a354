// npm `graphql-ws` against the server.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DocumentTypeDecoration, ResultOf } from '@graphql-typed-document-node/core'
import { type DocumentNode, type ExecutionResult, print } from 'graphql'
import { type Client, type ClientOptions, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { ME, QUOTES, REGISTER, SENTIMENT, STOCK } from '../src/typed/documents.js'
import { opened, SOCKET_URL, TOKEN } from './server.js'

type Typed<T, V> = DocumentNode & DocumentTypeDecoration<T, V>

before(opened)

function client(options: Partial<ClientOptions> = {}): Client {
  return createClient({ url: SOCKET_URL, webSocketImpl: WebSocket, retryAttempts: 0, ...options })
}

function iterate<T, V>(client: Client, document: Typed<T, V>, variables: V): AsyncIterableIterator<ExecutionResult<T>> {
  const payload = { query: print(document), variables: variables as Record<string, unknown> }
  return client.iterate(payload) as AsyncIterableIterator<ExecutionResult<T>>
}

async function only<T, V>(client: Client, document: Typed<T, V>, variables: V): Promise<ExecutionResult<T>> {
  const results = []
  for await (const result of iterate(client, document, variables)) results.push(result)
  assert.equal(results.length, 1)
  return results[0] as ExecutionResult<T>
}

test('a query', async () => {
  const socket = client()
  const { data, errors } = await only(socket, STOCK, { symbol: 'AAPL' })
  assert.equal(errors, undefined)
  assert.equal(data?.stock?.symbol, 'AAPL')
  await socket.dispose()
})

test('a mutation, and its errors', async () => {
  const socket = client()
  const { data, errors } = await only(socket, REGISTER, { email: 'me@example.org', password: 'short' })
  assert.equal(data, null)
  assert.deepEqual(errors?.[0]?.path, ['register'])
  assert.equal(errors?.[0]?.extensions?.code, 'BAD_USER_INPUT')
  assert.equal(errors?.[0]?.extensions?.field, 'password')
  await socket.dispose()
})

test('live quotes, until the client has enough', async () => {
  const socket = client()
  const seen = new Set<string>()
  for await (const { data, errors } of iterate(socket, QUOTES, { symbols: ['AAPL'] })) {
    assert.equal(errors, undefined)
    assert.equal(data?.quoteUpdated.symbol, 'AAPL')
    assert.equal(data?.quoteUpdated.source, 'SIMULATED')
    seen.add(data.quoteUpdated.asOf)
    if (seen.size === 3) break
  }
  assert.equal(seen.size, 3)
  // The same socket goes on.
  assert.equal((await only(socket, STOCK, { symbol: 'MSFT' })).data?.stock?.symbol, 'MSFT')
  await socket.dispose()
})

test('a document that can’t run', async () => {
  const socket = client()
  const results = socket.iterate({ query: '{ nothing }' })
  await assert.rejects(
    () => results.next(),
    (errors: { message: string }[]) => errors[0]?.message.includes('nothing') === true,
  )
  await socket.dispose()
})

test('a token in the parameters of the connection', async () => {
  const known = client({ connectionParams: { authorization: `Bearer ${TOKEN}` } })
  const nobody = client()
  assert.match((await only(known, ME, {})).data?.me?.email ?? '', /@/)
  assert.equal((await only(nobody, ME, {})).data?.me ?? null, null)
  await known.dispose()
  await nobody.dispose()
})

test('a refused token closes with 4403, and the client tries again with a better one', async () => {
  const [codes, tokens]: [number[], string[]] = [[], ['stale', TOKEN]]
  const socket = client({
    retryAttempts: 3,
    retryWait: async () => {},
    connectionParams: () => ({ authorization: `Bearer ${tokens.shift()}` }),
    on: { closed: (event) => codes.push((event as { code: number }).code) },
  })
  assert.match((await only(socket, ME, {})).data?.me?.email ?? '', /@/)
  assert.deepEqual([codes, tokens], [[4403], []])
  await socket.dispose()
})

type Event = ExecutionResult<ResultOf<typeof SENTIMENT>>

/** Hands each record's id to `heard` with its cursor, until that wants no more. */
async function follow(client: Client, after: string | null, heard: (id: string, cursor: string) => boolean) {
  for await (const { data, errors } of iterate(client, SENTIMENT, { after }) as AsyncIterableIterator<Event>) {
    assert.equal(errors, undefined)
    assert.ok(data)
    if (!heard(data.sentimentUpdated.record.id, data.sentimentUpdated.cursor)) return
  }
}

test('a subscription with a cursor goes on after lost connections, without a gap', async () => {
  const [all, torn]: [string[], string[]] = [[], []]
  let cursor = ''
  const [steady, patience] = [client(), 120_000]
  const until = async (is: () => boolean) => {
    for (const end = Date.now() + patience; !is(); await sleep(50)) assert.ok(Date.now() < end, 'nothing comes')
  }
  let isOver = false
  const following = follow(steady, null, (id, position) => {
    all.push(id)
    cursor ||= position
    return !isOver
  })
  await until(() => all.length >= 1)
  for (let round = 0; round < 3; round += 1) {
    // What comes now is missed, and must come after all.
    const missed = all.length + 1
    await until(() => all.length >= missed)
    let cut = () => {}
    const socket = client({ on: { opened: (opened) => (cut = () => (opened as WebSocket).terminate()) } })
    // As a network does it: nobody says goodbye.
    const lost = follow(socket, cursor, (id, position) => {
      torn.push(id)
      cursor = position
      if (torn.length >= missed - 1) cut()
      return true
    })
    await assert.rejects(lost, (event: { code?: number }) => event.code === 1006)
  }
  isOver = true
  await following
  await steady.dispose()
  assert.ok(torn.length >= 3)
  assert.deepEqual(torn, all.slice(1, 1 + torn.length))
})
