import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { systemClock } from '@slipway/shared/time/clock';

/** What was sent to AWS. */
export interface Sent {
  operation: string;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** One answer, in the order in which they are given. */
export interface Given {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  body: object | string;
}

/** An address on loopback that answers as AWS, and a run that calls it. */
export interface AwsEndpoint extends AsyncDisposable {
  context: IdentityContext;
  sent: Sent[];
  /** Answers from now on; the last one is repeated. */
  answer(...given: Given[]): void;
}

const services = ['ECS', 'CLOUDWATCH_LOGS', 'ELASTIC_LOAD_BALANCING_V2'];

export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  let answers: Given[] = [];
  const sent: Sent[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    sent.push({ operation: target.split('.')[1] ?? '', headers: request.headers, body });
    const given = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: '' };
    response.writeHead(given.status ?? 200, {
      'content-type': 'application/x-amz-json-1.1',
      ...given.headers,
    });
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = isInternet(address) ? address.port : 0;
  const env = Object.fromEntries(
    services.map((service) => [`AWS_ENDPOINT_URL_${service}`, `http://127.0.0.1:${port}`]),
  );
  return {
    context: { env, fetch, clock: systemClock, mask: () => undefined },
    sent,
    answer: (...given) => {
      answers = given;
      sent.length = 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isInternet(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

export const identity = {
  who: 'arn:aws:iam::123456789012:role/deploy',
  credentials: async () => ({
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'not-a-secret',
    sessionToken: 'not-a-token',
  }),
};
