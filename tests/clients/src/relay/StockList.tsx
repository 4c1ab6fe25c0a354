// A list that grows on demand, rows that refetch themselves, and prices that come by themselves.

import { useMemo } from 'react'
import { graphql, useLazyLoadQuery, usePaginationFragment, useRefetchableFragment, useSubscription } from 'react-relay'
import type { GraphQLSubscriptionConfig } from 'relay-runtime'
import type { StockListPaginationQuery } from '../../generated/relay/StockListPaginationQuery.graphql'
import type { StockListQuery } from '../../generated/relay/StockListQuery.graphql'
import type { StockListQuotesSubscription } from '../../generated/relay/StockListQuotesSubscription.graphql'
import type { StockListRefetchQuery } from '../../generated/relay/StockListRefetchQuery.graphql'
import type { StockList_query$key } from '../../generated/relay/StockList_query.graphql'
import type { StockList_stock$key } from '../../generated/relay/StockList_stock.graphql'

export function StockListPage({ count }: { count: number }) {
  const page = useLazyLoadQuery<StockListQuery>(
    graphql`
      query StockListQuery($count: Int!, $cursor: Cursor) {
        ...StockList_query @arguments(count: $count, cursor: $cursor)
      }
    `,
    { count },
  )
  return <StockList page={page} />
}

function StockList({ page }: { page: StockList_query$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<StockListPaginationQuery, StockList_query$key>(
    graphql`
      fragment StockList_query on Query
      @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "Cursor" })
      @refetchable(queryName: "StockListPaginationQuery") {
        stocks(first: $count, after: $cursor) @connection(key: "StockList_stocks") {
          edges {
            node {
              id
              symbol
              ...StockList_stock
            }
          }
        }
      }
    `,
    page,
  )
  useQuotes(data.stocks.edges.map(({ node }) => node.symbol))
  return (
    <ul>
      {data.stocks.edges.map(({ node }) => (
        <StockRow key={node.id} stock={node} />
      ))}
      <button disabled={!hasNext || isLoadingNext} onClick={() => loadNext(2)}>
        More
      </button>
    </ul>
  )
}

function StockRow({ stock }: { stock: StockList_stock$key }) {
  const [data, refetch] = useRefetchableFragment<StockListRefetchQuery, StockList_stock$key>(
    graphql`
      fragment StockList_stock on Stock
      @argumentDefinitions(timeframe: { type: "Timeframe", defaultValue: D7 })
      @refetchable(queryName: "StockListRefetchQuery") {
        symbol
        name
        quote {
          price
          isStale
        }
        sentiment(timeframe: $timeframe) {
          mean
        }
      }
    `,
    stock,
  )
  return (
    <li>
      {data.name} {data.quote?.price ?? 'no price'} {data.sentiment.mean?.toFixed(2)}
      <button onClick={() => refetch({ timeframe: 'D30' })}>The mood of a month</button>
    </li>
  )
}

function useQuotes(symbols: readonly string[]) {
  const wanted = symbols.join()
  const config = useMemo<GraphQLSubscriptionConfig<StockListQuotesSubscription>>(
    () => ({
      subscription: graphql`
        subscription StockListQuotesSubscription($symbols: [Symbol!]!) {
          quoteUpdated(symbols: $symbols) {
            symbol
            price
            asOf
          }
        }
      `,
      variables: { symbols: wanted.split(',') },
    }),
    [wanted],
  )
  useSubscription(config)
}
