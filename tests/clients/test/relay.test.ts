// Relay's own store, over what relay-compiler made of our documents: it sends nothing but their ids.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { createClient } from 'graphql-ws'
import runtime from 'relay-runtime'
import type { GraphQLResponse, IEnvironment, RequestParameters, Variables } from 'relay-runtime'
import { WebSocket } from 'ws'
import listQuery, { type StockListQuery } from '../generated/relay/StockListQuery.graphql.js'
import pageQuery, { type StockListPaginationQuery } from '../generated/relay/StockListPaginationQuery.graphql.js'
import rowQuery, { type StockListRefetchQuery } from '../generated/relay/StockListRefetchQuery.graphql.js'
import quotes, { type StockListQuotesSubscription } from '../generated/relay/StockListQuotesSubscription.graphql.js'
import { opened, post, SOCKET_URL } from './server.js'

const { Environment, fetchQuery, Network, Observable, RecordSource, requestSubscription, Store } = runtime

before(opened)

function request({ id, text }: RequestParameters, variables: Variables) {
  assert.ok(id, 'relay-compiler gave the document an id')
  assert.equal(text ?? null, null)
  // npm `graphql-ws` sends no message without a document, be it an empty one.
  return { query: '', documentId: id, variables }
}

function environment(socket?: ReturnType<typeof createClient>): IEnvironment {
  const fetched = async (parameters: RequestParameters, variables: Variables) => {
    const answer = await post(request(parameters, variables))
    assert.equal(answer.errors, undefined)
    return answer as unknown as GraphQLResponse
  }
  const subscribed = (parameters: RequestParameters, variables: Variables) =>
    Observable.create<GraphQLResponse>((sink) =>
      socket?.subscribe(request(parameters, variables), {
        next: (value) => sink.next(value as GraphQLResponse),
        error: (error) => sink.error(error as Error),
        complete: () => sink.complete(),
      }),
    )
  return new Environment({ network: Network.create(fetched, subscribed), store: new Store(new RecordSource()) })
}

/** The ids of the stocks that the store holds. */
function stocks(environment: IEnvironment): string[] {
  const source = environment.getStore().getSource()
  return source.getRecordIDs().filter((id) => source.get(id)?.__typename === 'Stock')
}

test('a connection is one list of its pages, and a node fetches itself again', async () => {
  const relay = environment()
  await fetchQuery<StockListQuery>(relay, listQuery, { count: 2 }).toPromise()
  const first = stocks(relay)
  assert.equal(first.length, 2)
  const list = 'client:root:__StockList_stocks_connection'
  const pageInfo = relay.getStore().getSource().get(`${list}:pageInfo`) as { endCursor?: string } | undefined
  assert.ok(pageInfo?.endCursor)
  const next = { count: 2, cursor: pageInfo.endCursor }
  await fetchQuery<StockListPaginationQuery>(relay, pageQuery, next).toPromise()
  assert.equal(stocks(relay).length, 4)
  const edges = relay.getStore().getSource().get(list)?.edges as { __refs: string[] } | undefined
  assert.equal(edges?.__refs.length, 4)

  const id = first[0] ?? ''
  await fetchQuery<StockListRefetchQuery>(relay, rowQuery, { id, timeframe: 'D30' }).toPromise()
  const record = relay.getStore().getSource().get(id) as Record<string, unknown>
  assert.ok('sentiment(timeframe:"D30")' in record, Object.keys(record).join())
})

test('a subscription by its id', async () => {
  const socket = createClient({ url: SOCKET_URL, webSocketImpl: WebSocket })
  const relay = environment(socket)
  const symbols = await new Promise<string[]>((resolve, reject) => {
    const seen: string[] = []
    const subscription = requestSubscription<StockListQuotesSubscription>(relay, {
      subscription: quotes,
      variables: { symbols: ['AAPL'] },
      onError: reject,
      onNext: (data) => {
        seen.push(data?.quoteUpdated.symbol ?? '')
        if (seen.length === 3) {
          subscription.dispose()
          resolve(seen)
        }
      },
    })
  })
  assert.deepEqual(symbols, ['AAPL', 'AAPL', 'AAPL'])
  await socket.dispose()
})
