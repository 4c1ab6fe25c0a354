// graphql-transport-ws, message by message.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RawSocket } from './socket.js'

const QUOTE = 'subscription { quoteUpdated(symbols: ["AAPL"]) { price } }'

describe('what is no message of the protocol closes the socket with 4400', () => {
  const query = '{ __typename }'
  const cases: Record<string, string | Buffer> = {
    garbage: 'garbage',
    'no object': '[]',
    'no type': '{}',
    'an unknown type': '{"type":"start","id":"1"}',
    'a server’s type': '{"type":"next","id":"1","payload":{}}',
    'no id': JSON.stringify({ type: 'subscribe', payload: { query } }),
    'an empty id': JSON.stringify({ type: 'subscribe', id: '', payload: { query } }),
    'an id that is a number': JSON.stringify({ type: 'subscribe', id: 1, payload: { query } }),
    'no payload': '{"type":"subscribe","id":"1"}',
    'no document': '{"type":"subscribe","id":"1","payload":{}}',
    'complete without an id': '{"type":"complete"}',
    'a binary frame': Buffer.from('{"type":"ping"}'),
  }
  for (const [name, data] of Object.entries(cases)) {
    test(name, async () => {
      const socket = await RawSocket.acknowledged()
      socket.send(data)
      assert.equal(await socket.closed(), 4400)
    })
  }
})

test('4401: a subscription before the acknowledgement', async () => {
  const socket = await RawSocket.open()
  socket.subscribe('1', QUOTE)
  assert.equal(await socket.closed(), 4401)
})

test('4403: a token that is none', async () => {
  const socket = await RawSocket.open()
  socket.say({ type: 'connection_init', payload: { authorization: 'Bearer nonsense' } })
  assert.equal(await socket.closed(), 4403)
})

test('4406: a socket that does not offer the protocol', async () => {
  const socket = await RawSocket.open([])
  assert.equal(await socket.closed(), 4406)
})

test('4408: silence in place of connection_init', async () => {
  const socket = await RawSocket.open()
  assert.equal(await socket.closed(), 4408)
})

test('4409: an id that is in use, and not one that was', async () => {
  const socket = await RawSocket.acknowledged()
  for (let time = 0; time < 2; time += 1) {
    socket.subscribe('1', '{ __typename }')
    await socket.hear('next')
    await socket.hear('complete')
  }
  socket.subscribe('1', QUOTE)
  socket.subscribe('1', '{ __typename }')
  assert.equal(await socket.closed(), 4409)
})

test('4429: a second connection_init', async () => {
  const socket = await RawSocket.acknowledged()
  socket.say({ type: 'connection_init' })
  assert.equal(await socket.closed(), 4429)
})

test('1009: a message of over 256 KiB', async () => {
  const socket = await RawSocket.acknowledged()
  socket.subscribe('1', `{ __typename } #${'x'.repeat(256 * 1024)}`)
  assert.equal(await socket.closed(), 1009)
})

test('a ping has a pong with its payload, also before the acknowledgement', async () => {
  const socket = await RawSocket.open()
  socket.say({ type: 'ping', payload: { at: 1 } })
  assert.deepEqual(await socket.hear('pong'), { type: 'pong', payload: { at: 1 } })
  socket.say({ type: 'ping' })
  assert.deepEqual(await socket.hear('pong'), { type: 'pong' })
  socket.say({ type: 'pong' })
  socket.say({ type: 'connection_init' })
  await socket.hear('connection_ack')
  socket.close()
})

test('complete for an unknown id means nothing', async () => {
  const socket = await RawSocket.acknowledged()
  socket.say({ type: 'complete', id: 'nobody' })
  socket.subscribe('1', '{ __typename }')
  const { payload } = await socket.hear('next')
  assert.deepEqual(payload.data, { __typename: 'Query' })
  await socket.hear('complete')
  socket.close()
})

test('after complete by the client nothing comes, and the id is free', async () => {
  const socket = await RawSocket.acknowledged()
  socket.subscribe('1', QUOTE)
  await socket.hear('next')
  socket.say({ type: 'complete', id: '1' })
  // What was on its way may still arrive.
  await socket.hearAll(200)
  assert.deepEqual(await socket.hearAll(2500), [])
  socket.subscribe('1', QUOTE)
  await socket.hear('next')
  socket.close()
})

test('a document that can’t run has an error, and nothing after it', async () => {
  const socket = await RawSocket.acknowledged()
  const documents = ['{', '{ nothing }', 'subscription { a: marketUpdated { asOf } b: marketUpdated { asOf } }']
  for (const [place, document] of documents.entries()) {
    socket.subscribe(String(place), document)
    const { id, payload } = await socket.hear('error')
    assert.equal(id, String(place))
    assert.equal(payload[0].extensions.code, 'BAD_USER_INPUT')
  }
  assert.deepEqual(await socket.hearAll(500), [])
  socket.close()
})
