import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import type { GroupBody } from '../../src/azure/aci/body.ts';
import type { Azure } from '../../src/azure/azure.ts';
import { demoAzure } from '../../src/azure/seed.ts';
import { isRecord } from '../../src/http/exchange.ts';

const { subscriptionId } = demoAzure();
const groupPath = `/subscriptions/${subscriptionId}/resourceGroups/shop/providers/Microsoft.ContainerInstance/containerGroups`;

/** What an answer of Resource Manager was. */
export interface Said {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Record<string, unknown>;
  /** `error.code` and `error.message`. */
  code: string;
  message: string;
}

/** Resource Manager by Microsoft's own client, and by itself. */
export class ArmClient {
  readonly azure: Azure;
  readonly client: ContainerInstanceManagementClient;
  readonly #ca: string;

  constructor(azure: Azure, ca: string) {
    this.azure = azure;
    this.#ca = ca;
    const token = { token: azure.armToken(), expiresOnTimestamp: Date.now() + 3_600_000 };
    this.client = new ContainerInstanceManagementClient(
      { getToken: () => Promise.resolve(token) },
      subscriptionId,
      { endpoint: azure.armUrl, tlsOptions: { ca }, retryOptions: { maxRetries: 0 } },
    );
  }

  static async of(azure: Azure): Promise<ArmClient> {
    return new ArmClient(azure, await readFile(azure.certificate, 'utf8'));
  }

  /** A request as it is on the wire. */
  async ask(
    method: string,
    path: string,
    { body, token = this.azure.armToken() }: { body?: unknown; token?: string | undefined } = {},
  ): Promise<Said> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { 'content-type': 'application/json' }),
      };
      request(new URL(path, this.azure.armUrl), { method, headers, ca: this.#ca }, resolve)
        .on('error', reject)
        .end(text);
    });
    const said: unknown = JSON.parse((await buffer(answer)).toString('utf8') || '{}');
    const whole = isRecord(said) ? said : {};
    const error = isRecord(whole['error']) ? whole['error'] : {};
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: whole,
      code: String(error['code'] ?? ''),
      message: String(error['message'] ?? ''),
    };
  }

  /** A request about the group called shop, or a part of it. */
  about(
    method: string,
    more: { body?: unknown; path?: string; version?: string; name?: string } = {},
  ): Promise<Said> {
    const { name = 'shop', path = '', version = '2026-05-01' } = more;
    const at = `${groupPath}/${name}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
    return this.ask(method, at, more.body === undefined ? {} : { body: more.body });
  }

  put(body: unknown = groupBody(), name = 'shop'): Promise<Said> {
    return this.about('PUT', { body, name });
  }
}

/** One container at a public address, as it is on the wire. */
export function groupBody(
  more: Partial<GroupBody['properties']> = {},
  container: Partial<GroupBody['properties']['containers'][number]['properties']> = {},
): GroupBody {
  return {
    location: 'eastus',
    properties: {
      osType: 'Linux',
      containers: [
        {
          name: 'web',
          properties: {
            image: 'shop:1',
            ports: [{ port: 80 }],
            resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
            ...container,
          },
        },
      ],
      ipAddress: { type: 'Public', ports: [{ port: 80 }], dnsNameLabel: 'slipway' },
      ...more,
    },
  };
}
