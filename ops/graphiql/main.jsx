import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/graphiql.css";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

const url = new URL("/graphql", location.href);
const socket = new URL(url);
socket.protocol = url.protocol.replace("http", "ws");

const fetcher = createGraphiQLFetcher({
  url: url.href,
  wsClient: createClient({ url: socket.href, retryAttempts: Infinity }),
});

const welcome = `# Bellwether. Try the play button; then the second operation.
query Market {
  marketOverview {
    breadth { advancing declining }
    gainers { symbol name quote { price changePercent source } }
  }
}

subscription Live {
  quoteUpdated(symbols: ["AAPL", "MSFT"]) { symbol price asOf source }
}
`;

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultQuery={welcome} />,
);
