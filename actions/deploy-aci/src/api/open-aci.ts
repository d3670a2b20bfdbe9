import { numberOf, parseJsonAsIs } from '@slipway/shared/document/json-number';
import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { parseJson, textField } from '@slipway/shared/http/json';
import type { IdentityContext } from '@slipway/shared/identity/context';
import type { AciApi, GroupName } from './aci-api.ts';
import type { ArmAnswer, ArmCall } from './arm-call.ts';
import { type AciAccess, armCalls } from './arm-calls.ts';
import { operationIn, stateIn } from './operations.ts';
import { armError, refusalOf, whole } from './refusals.ts';

const provider = 'Microsoft.ContainerInstance';
/** The newest stable version of Azure Container Instances. */
const version = '2026-05-01';
/** Of resource groups. */
const groupsVersion = '2021-04-01';

/**
 * Opens Azure Container Instances in one subscription. The SDK is loaded here.
 * Source: https://learn.microsoft.com/rest/api/container-instances/
 */
export async function openAci(access: AciAccess, context: IdentityContext): Promise<AciApi> {
  const { endpoint, send } = await armCalls(access, context);
  const { subscription } = access;
  const caller = { who: access.identity.who, subscription };
  const refused = (answer: ArmAnswer, call: ArmCall) => refusalOf(answer, call, caller);
  const inGroup = (name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`;
  const idOf = ({ name, resourceGroup }: GroupName) =>
    `${inGroup(resourceGroup)}/providers/${provider}/containerGroups/${name}`;
  const url = (id: string, query: Readonly<Record<string, string>> = {}) => {
    const path = id.split('/').map(encodeURIComponent).join('/');
    const fields = new URLSearchParams({ 'api-version': version, ...query });
    return new URL(`${endpoint}${path}?${fields}`);
  };
  const about = (asked: GroupName, action: string, doing: string): ArmCall => ({
    call: `${doing} the container group ${asked.name}`,
    action: `${provider}/containerGroups/${action}`,
    scope: idOf(asked),
    group: asked.name,
  });

  const api: AciApi = {
    subscription,
    async locationOf(resourceGroup, signal) {
      const scope = inGroup(resourceGroup);
      const call: ArmCall = {
        call: `reading the resource group ${resourceGroup}`,
        action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
        scope,
        group: resourceGroup,
      };
      const at = url(scope, { 'api-version': groupsVersion });
      const answer = await send({ ...call, method: 'GET', url: at }, signal);
      if (answer.status !== 200) throw refused(answer, call);
      const location = textField(parseJson(answer.text), 'location');
      if (location === undefined) throw unreadable(call);
      return location.replaceAll(' ', '').toLowerCase();
    },
    async getGroup(asked, signal) {
      const call = about(asked, 'read', 'reading');
      const answer = await send({ ...call, method: 'GET', url: url(idOf(asked)) }, signal);
      if (answer.status === 404 && armError(answer.text).code === 'ResourceNotFound') {
        return undefined;
      }
      if (answer.status !== 200) throw refused(answer, call);
      return groupIn(answer, call);
    },
    async putGroup({ document, ...asked }, signal) {
      const call = about(asked, 'write', 'writing');
      const body = JSON.stringify(document);
      const answer = await send({ ...call, method: 'PUT', url: url(idOf(asked)), body }, signal);
      if (answer.status >= 200 && answer.status < 300) {
        const said = answer.text.trim() !== '';
        const group = said ? groupIn(answer, call) : await api.getGroup(asked, signal);
        return { group: group ?? {}, operation: operationIn(answer) };
      }
      const failure = refused(answer, call);
      if (answer.repeated && failure.code === 'aci/transitioning') {
        // The attempt whose answer was lost may be the operation that goes on.
        const group = await api.getGroup(asked, signal);
        if (group && isOf(document, group)) {
          return { group, operation: { url: undefined, retryAfter: undefined } };
        }
      }
      throw failure;
    },
    async deleteGroup(asked, signal) {
      const call = about(asked, 'delete', 'deleting');
      const answer = await send({ ...call, method: 'DELETE', url: url(idOf(asked)) }, signal);
      const gone = answer.status === 404 && armError(answer.text).code === 'ResourceNotFound';
      if (!gone && !(answer.status >= 200 && answer.status < 300)) throw refused(answer, call);
      return operationIn(answer);
    },
    async operationState({ url: address }, signal) {
      if (address === undefined || !isOwn(address, endpoint)) return { state: 'unknown' };
      const call: ArmCall = {
        call: 'reading the state of the operation',
        action: `${provider}/locations/operations/read`,
        scope: `/subscriptions/${subscription}`,
        group: '',
      };
      const answer = await send({ ...call, method: 'GET', url: new URL(address) }, signal);
      // These are about the question; all others about the operation.
      if (answer.status === 401 || answer.status === 403) throw refused(answer, call);
      if (armError(answer.text).code === '' && answer.status >= 400 && answer.status !== 404) {
        throw refused(answer, call);
      }
      return stateIn(answer);
    },
    async logLines({ container, most, ...asked }, signal) {
      const call = about(asked, 'containers/logs/read', 'reading the log of');
      const at = url(`${idOf(asked)}/containers/${container}/logs`, { tail: String(most) });
      const answer = await send({ ...call, method: 'GET', url: at }, signal);
      const { code } = armError(answer.text);
      if (answer.status !== 200 && noLogYet.has(code)) return [];
      if (answer.status !== 200) throw refused(answer, call);
      const content = textField(parseJson(answer.text), 'content') ?? '';
      const lines = content.split(/\r?\n/);
      if (lines.at(-1) === '') lines.pop();
      return lines.slice(-most);
    },
    async usages(location, signal) {
      const scope = `/subscriptions/${subscription}/providers/${provider}/locations/${location}`;
      const call: ArmCall = {
        call: `reading the quotas of ${location}`,
        action: `${provider}/locations/usages/read`,
        scope,
        group: '',
      };
      const answer = await send({ ...call, method: 'GET', url: url(`${scope}/usages`) }, signal);
      if (answer.status !== 200) throw refused(answer, call);
      return objectsIn(jsonIn(answer, call), 'value').flatMap((usage) => {
        const name = textIn(objectIn(usage, 'name'), 'value');
        const [used, limit] = [numberOf(usage['currentValue']), numberOf(usage['limit'])];
        return name === undefined || used === undefined || limit === undefined
          ? []
          : [{ name, used, limit }];
      });
    },
  };
  return api;
}

/** What ACI says of a container that has printed nothing so far, or of one that it does not have yet. */
const noLogYet = new Set([
  'ContainerLogNotAvailable',
  'ContainerGroupTransitioning',
  'ContainerNotFound',
  'ResourceNotFound',
]);

function groupIn(answer: ArmAnswer, call: ArmCall): JsonObject {
  return jsonIn(answer, call);
}

function jsonIn({ text }: ArmAnswer, call: ArmCall): JsonObject {
  try {
    const body = parseJsonAsIs(text);
    if (isJsonObject(body)) return body;
  } catch {
    // Said below: of the text nothing is repeated, as it may be anybody's.
  }
  throw unreadable(call);
}

function unreadable({ call }: ArmCall): Failure {
  return Failure.of('aci/unavailable', { call: whole(call), said: 'the answer could not be read' });
}

/** A token goes to Azure Resource Manager alone, or to one of its regions. */
function isOwn(address: string, endpoint: string): boolean {
  const url = URL.parse(address);
  const own = new URL(endpoint);
  if (url === null || url.protocol !== own.protocol) return false;
  return url.host === own.host || url.host.endsWith(`.${own.host}`);
}

/** Whether a group is what a document makes of it, by the tags, in which each release has its own. */
function isOf(document: JsonObject, group: JsonObject): boolean {
  const tags = Object.entries(objectIn(document, 'tags'));
  const there = objectIn(group, 'tags');
  return tags.length > 0 && tags.every(([name, value]) => there[name] === value);
}
