// The server under test: BELLWETHER_URL, and the access token of an account of it.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

function setting(name: string): string {
  const value = process.env[name]
  assert.ok(value, `set ${name}`)
  return value
}

/** Such as `http://127.0.0.1:8000/graphql`. */
export const URL = setting('BELLWETHER_URL')
export const SOCKET_URL = URL.replace(/^http/, 'ws')
/** Lets its owner read `me`. */
export const TOKEN = setting('BELLWETHER_TOKEN')

export type Answer = {
  data?: Record<string, any> | null
  errors?: { message: string; extensions: { code: string } }[]
}

export async function post(body: unknown): Promise<Answer> {
  const response = await fetch(URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Answer
}

/** Waits until the simulated market has opened. */
export async function opened(): Promise<void> {
  const query = '{ stocks(first: 5) { edges { node { quote { price } } } } }'
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { data } = await post({ query })
    const edges: { node: { quote: unknown } }[] = data?.stocks.edges ?? []
    if (edges.length === 5 && edges.every(({ node }) => node.quote !== null)) return
    await sleep(200)
  }
  assert.fail('the simulated market did not open')
}
