// GraphQL over HTTP, as npm `graphql-http` audits it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverAudits } from 'graphql-http'
import { URL } from './server.js'

const audits = serverAudits({ url: URL })

test('there are all audits', () => {
  assert.equal(audits.length, 61)
})

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn()
    assert.equal(result.status, 'ok', 'reason' in result ? result.reason : undefined)
  })
}
