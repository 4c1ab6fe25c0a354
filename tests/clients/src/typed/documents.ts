// What Apollo Client, urql and the bare clients send; GraphQL Code Generator makes their types.

import { graphql } from '../../generated/codegen/index.js'

export const STOCKS = graphql(`
  query Stocks($first: Int!, $after: Cursor) {
    stocks(first: $first, after: $after, orderBy: { field: SYMBOL, direction: ASC }) {
      edges {
        cursor
        node {
          id
          symbol
          name
          quote {
            price
            asOf
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      totalCount
    }
  }
`)

export const STOCK = graphql(`
  query Stock($symbol: Symbol!, $timeframe: Timeframe) {
    stock(symbol: $symbol) {
      id
      symbol
      name
      sector
      sentiment(timeframe: $timeframe) {
        mean
        count
      }
    }
  }
`)

export const QUOTES = graphql(`
  subscription Quotes($symbols: [Symbol!]!) {
    quoteUpdated(symbols: $symbols) {
      symbol
      price
      asOf
      source
    }
  }
`)

export const SENTIMENT = graphql(`
  subscription Sentiment($after: Cursor) {
    sentimentUpdated(after: $after) {
      cursor
      record {
        id
        symbol
        score
        label
      }
    }
  }
`)

export const REGISTER = graphql(`
  mutation Register($email: String!, $password: String!) {
    register(input: { email: $email, password: $password }) {
      done
    }
  }
`)

export const ME = graphql(`
  query Me {
    me {
      email
    }
  }
`)
