// A component whose props are what a query answers: nothing in it is typed by hand.

import type { ResultOf } from '@graphql-typed-document-node/core'
import type { STOCK } from './documents.js'

type Found = NonNullable<ResultOf<typeof STOCK>['stock']>

export function Stock({ name, symbol, sector, sentiment }: Found) {
  const mood = sentiment.mean === null || sentiment.mean === undefined ? 'nobody speaks of it' : sentiment.mean.toFixed(2)
  return (
    <article>
      <h1>
        {name} ({symbol})
      </h1>
      <p>{sector ?? 'no sector'}</p>
      <p>
        {mood} ({sentiment.count} posts)
      </p>
    </article>
  )
}
