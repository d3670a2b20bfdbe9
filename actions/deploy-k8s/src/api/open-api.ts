import type { Environment } from '@slipway/shared/exec/environment';
import type { Clock } from '@slipway/shared/time/clock';
import type { ClusterAccess } from '../connection/access.ts';
import { deniedOf } from './access-review.ts';
import { askBackend } from './ask-backend.ts';
import { objectCall, objectOf } from './calls.ts';
import { openDiscovery } from './discovery.ts';
import { followObjects } from './follow.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { listAll } from './list.ts';
import { followLines, lastLines } from './logs.ts';
import { refusalOf } from './refusals.ts';
import { openSender } from './send.ts';
import { statusIn } from './status.ts';
import { openWrites } from './writes.ts';

/** Opens the API server that an access leads to. Nothing is asked yet. */
export function openApi(o: {
  access: ClusterAccess;
  env: Environment;
  clock: Clock;
}): KubernetesApi {
  const { access, clock } = o;
  const sender = openSender(o);
  const get: KubernetesApi['get'] = async (name, signal) => {
    const call = objectCall(name, { doing: 'reading', verb: 'get', method: 'GET' });
    const answer = await sender.send(call, signal);
    if (answer.status === 404 && statusIn(answer.text)?.name) return undefined;
    if (answer.status !== 200) throw refusalOf(answer, call);
    return objectOf(answer, call);
  };
  return {
    server: access.server.href.replace(/\/$/, ''),
    serverNow: sender.serverNow,
    resource: openDiscovery(sender),
    get,
    list: async (selection, signal) => (await listAll(sender, selection, signal)).items,
    follow: (selection, signal) => followObjects({ sender, access, clock }, selection, signal),
    ...openWrites(sender, get),
    logLines: (asked, signal) => lastLines({ sender, clock }, asked, signal),
    followLog: (asked, signal) => followLines({ sender, clock }, asked, signal),
    ask: (backend, signal) => askBackend(sender, backend, signal),
    denied: (asked, signal) => deniedOf(sender, asked, signal),
  };
}
