import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import {
  type ContainerGroup,
  ContainerInstanceManagementClient,
} from '@azure/arm-containerinstance';
import type { GroupBody } from '../../../src/azure/aci/body.ts';
import type { ContainerGroup as Group } from '../../../src/azure/aci/group.ts';
import { type VirtualAci, virtualAci } from '../../../src/azure/aci/virtual/virtual-aci.ts';
import { type Azure, startAzure } from '../../../src/azure/azure.ts';
import { demoAzure } from '../../../src/azure/seed.ts';
import { isRecord } from '../../../src/http/exchange.ts';
import { ManualClock } from '../../manual-clock.ts';

export const second = 1_000;
export const minute = 60 * second;
const resourceGroup = 'shop';
const { subscriptionId } = demoAzure();
const groupPath = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerInstance/containerGroups`;

/** What an answer of Resource Manager was. */
export interface Said {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Record<string, unknown>;
  /** `error.code` and `error.message`. */
  code: string;
  message: string;
}

/** A subscription with container groups, on a clock run by hand: by Microsoft's client, or by itself. */
export class Shop implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly aci: VirtualAci;
  readonly azure: Azure;
  readonly client: ContainerInstanceManagementClient;
  readonly #ca: string;

  private constructor(clock: ManualClock, aci: VirtualAci, azure: Azure, ca: string) {
    this.clock = clock;
    this.aci = aci;
    this.azure = azure;
    this.#ca = ca;
    const token = { token: azure.armToken(), expiresOnTimestamp: Date.now() + 3_600_000 };
    this.client = new ContainerInstanceManagementClient(
      { getToken: () => Promise.resolve(token) },
      subscriptionId,
      { endpoint: azure.armUrl, tlsOptions: { ca }, retryOptions: { maxRetries: 0 } },
    );
  }

  static async open({ throttled = false }: { throttled?: boolean } = {}): Promise<Shop> {
    const clock = new ManualClock();
    const aci = virtualAci({ clock });
    const azure = await startAzure({ aci: aci.world, throttled });
    return new Shop(clock, aci, azure, await readFile(azure.certificate, 'utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.azure[Symbol.asyncDispose]();
  }

  /** A request as it is on the wire. */
  async ask(
    method: string,
    path: string,
    { body, token = this.azure.armToken() }: { body?: unknown; token?: string | undefined } = {},
  ): Promise<Said> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
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

  /** Creates the group, which runs after this. */
  async create(body: GroupBody = groupBody()): Promise<void> {
    const said = await this.put(body);
    if (said.status !== 201) throw new Error(said.message);
    this.clock.pass(30 * second);
  }

  async group(): Promise<ContainerGroup> {
    return this.client.containerGroups.get(resourceGroup, 'shop');
  }

  /** The group, in an answer that has this; what is optional is left out at times. */
  async seen(has: (group: ContainerGroup) => unknown): Promise<ContainerGroup> {
    for (let looks = 0; looks < 8; looks += 1) {
      const group = await this.group();
      if (has(group)) return group;
    }
    throw new Error(`Not in 8 answers: ${JSON.stringify(await this.group())}`);
  }

  /** Lets time pass, second by second and without a request, until the group is so. */
  live(is: (group: Group) => boolean): void {
    for (let passed = 0; passed <= 3_600; passed += 1) {
      this.aci.timeline.advance();
      if (is(this.aci.world.group('shop'))) return;
      this.clock.pass(second);
    }
    throw new Error('Not within an hour.');
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
