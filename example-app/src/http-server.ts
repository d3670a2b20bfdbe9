import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * Makes the server that listens, with limits on how long it waits for its clients.
 *
 * @param requestTimeoutMs how long a client may take to send a request; then it gets a 408
 */
export function createHttpServer(listener: RequestListener, requestTimeoutMs: number): Server {
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1000, // so much later at most; Node takes 30 s
    // Longer than the 60 s of nginx and AWS load balancers, so that it is never this side that closes
    // a connection on which the proxy is just sending a request.
    keepAliveTimeout: 65_000,
  };
  return createServer(options, listener);
}
