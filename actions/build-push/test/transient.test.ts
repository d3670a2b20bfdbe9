import { describe, expect, it } from '@jest/globals';
import { isTransient } from '../src/transient.ts';

// Lines that people met, from the issues of docker/build-push-action, docker/buildx, moby/buildkit
// and docker/hub-feedback, and from the engine and BuildKit that the scenarios run.
describe('isTransient', () => {
  it.each([
    'ERROR: failed to solve: failed to push registry.example/app:1: failed commit on ref "index-sha256:0f": unexpected status from PUT request to https://registry.example/v2/app/manifests/1: 429 Too Many Requests',
    'ERROR: failed to solve: failed to push registry.example:5000/app:1.0.0: failed commit on ref "index-sha256:3b": unexpected status: 500 Server Error',
    'error: failed to solve: rpc error: code = Unknown desc = unexpected status: 503 Service Unavailable',
    'failed to solve: rpc error: code = Unknown desc = unexpected status: 502 Bad Gateway',
    'ERROR: failed to build: received unexpected HTTP status: 503 Service Unavailable',
    'ERROR: failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/rust/manifests/sha256:de: 504 Gateway Timeout',
    'ERROR: failed to solve: docker:20.10: pulling from host registry-1.docker.io failed with status code [manifests 20.10]: 429 Too Many Requests',
    'error parsing HTTP 429 response body: invalid character \'T\' looking for beginning of value: "Too Many Requests (HAP429).\\n"',
    'error: failed to solve: rpc error: code = Unknown desc = failed to fetch oauth token: Get https://auth.docker.io/token?scope=repository%3Aa%2Fb%3Apull%2Cpush&service=registry.docker.io: EOF',
    'error: failed to solve: failed to copy: failed to do request: Put "https://cr.example/v2/blob": write tcp 172.17.0.2:48736->192.0.2.38:443: write: connection reset by peer',
    'failed to solve: rpc error: code = Unknown desc = failed to copy: read tcp 172.17.0.2:47038->192.0.2.128:443: read: connection reset by peer',
    'failed to solve: rpc error: code = Unknown desc = failed to copy: failed to do request: Put https://registry-1.docker.io/v2/a/blobs/uploads/b: write tcp 172.17.0.3:41240->192.0.2.53:443: use of closed network connection',
    'ERROR: failed to solve: failed to push ghcr.io/a/b:latest: failed to copy: io: read/write on closed pipe',
    'buildx failed with: error: failed to solve: failed to copy: cannot reuse body, request must be retried',
    'failed to solve: rpc error: code = Unknown desc = rpc error: code = Canceled desc = grpc: the client connection is closing: unknown',
    'ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    'ERROR: failed to receive status: rpc error: code = Unavailable desc = closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: code: NO_ERROR, debug data: "graceful_stop"',
    'ERROR: failed to solve: DeadlineExceeded: python:3.12: failed to resolve source metadata for docker.io/library/python:3.12: failed to do request: Head "https://registry-1.docker.io/v2/library/python/manifests/3.12": dial tcp: lookup registry-1.docker.io: i/o timeout',
    'failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head https://registry-1.docker.io/v2/library/python/manifests/3.6: dial tcp 192.0.2.249:443: i/o timeout',
    'ERROR: failed to solve: DeadlineExceeded: context deadline exceeded',
    'ERROR: failed to solve: failed to authorize: failed to fetch anonymous token: Get "https://ghcr.io/token": net/http: TLS handshake timeout',
    'ERROR: Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'ERROR: failed to solve: failed to do request: Head "https://r.example/v2/": dial tcp: lookup r.example on 127.0.0.53:53: server misbehaving',
    'ERROR: failed to solve: failed to copy: local error: tls: bad record MAC',
  ])('tries again: %s', (line) => expect(isTransient(line)).toBe(true));

  it.each([
    '',
    'ERROR: failed to build: denied',
    'ERROR: failed to build: failed to solve: failed to push r.example/a: denied: requested access to the resource is denied',
    'ERROR: failed to solve: failed to push ghcr.io/a/b:1: unexpected status from POST request to https://ghcr.io/v2/a/b/blobs/uploads/: 403 Forbidden',
    'buildx call failed with: failed to solve: rpc error: code = Unknown desc = unexpected status: 403 Forbidden',
    'error: failed to solve: failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
    'ERROR: failed to solve: a/b: failed to resolve source metadata for docker.io/a/b:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'ERROR: failed to solve: node:99: docker.io/library/node:99: not found',
    'ERROR: failed to solve: manifest unknown: Requested image not found',
    'ERROR: failed to solve: a/b: no match for platform in manifest: not found',
    'ERROR: failed to solve: failed to push r.example:500/a: unexpected status from PUT request to http://r.example:500/v2/a/manifests/1: 400 Bad Request',
    'ERROR: failed to solve: failed to push r.example/a: unexpected status from PATCH request to https://r.example/v2/a/blobs/uploads/1: 413 Request Entity Too Large',
    "ERROR: failed to solve: name unknown: The repository with name 'a' does not exist in the registry with id '1'",
    'ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    'ERROR: failed to solve: process "/bin/sh -c echo connection reset by peer; exit 1" did not complete successfully: exit code: 1',
    'ERROR: failed to build: failed to solve: failed to compute cache key: "/missing.txt" not found: not found',
    'ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN',
    'ERROR: failed to solve: failed to do request: Head "https://typo.example/v2/": dial tcp: lookup typo.example on 127.0.0.53:53: no such host',
    'ERROR: failed to solve: failed to do request: Head "https://r.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    // Trying again counts against the limit.
    'ERROR: Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
    'ERROR: Error response from daemon: Head "https://registry-1.docker.io/v2/moby/buildkit/manifests/buildx-stable-1": toomanyrequests: too many failed login attempts for username or IP address',
  ])('gives up: %s', (line) => expect(isTransient(line)).toBe(false));

  it('takes no time for a line without end', () => {
    const start = performance.now();
    expect(isTransient('unexpected status '.repeat(60_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
