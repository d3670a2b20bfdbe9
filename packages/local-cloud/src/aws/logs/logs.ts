import type {
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler } from '../../http/exchange.ts';
import { type EcsWorlds, placeOf } from '../ecs/world.ts';
import { jsonService } from '../json-service.ts';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import type { AwsParts, Operation } from '../service.ts';
import type { Signed } from '../signature.ts';
import { filterOf } from './filter.ts';
import type { LogEvent, LogStream } from './log-store.ts';
import { readPosition, writePosition } from './position.ts';

/**
 * Amazon CloudWatch Logs, what there is of it to read: the streams that the awslogs driver writes.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
 */
export function logsService({ worlds, ...aws }: AwsParts & { worlds: EcsWorlds }): Handler {
  return jsonService({
    ...aws,
    model: 'logs',
    operations: {
      DescribeLogStreams: describeLogStreams(worlds),
      FilterLogEvents: filterLogEvents(worlds),
      GetLogEvents: getLogEvents(worlds),
    },
  });
}

function getLogEvents(
  worlds: EcsWorlds,
): Operation<Wire<GetLogEventsRequest>, Wire<GetLogEventsResponse>> {
  return {
    resource: (input, signed) => `${groupArn(input, signed)}:log-stream:${input.logStreamName}`,
    run({ logStreamName, nextToken, startFromHead = false, ...input }, signed) {
      const stream = streams(worlds, input, signed).get(logStreamName);
      if (!stream) throw missing('stream');
      const { limit = 10_000 } = input;
      const events = within(stream, input);
      const position = nextToken === undefined ? undefined : readPosition(nextToken);
      const forward = position ? position.forward : startFromHead;
      const rest = events.filter(
        ({ id }) => !position || (forward ? id > position.id : id < position.id),
      );
      const page = forward ? rest.slice(0, limit) : rest.slice(Math.max(0, rest.length - limit));
      const last = page.at(-1)?.id ?? position?.id ?? 0;
      const first = page[0]?.id ?? position?.id ?? 0;
      return {
        events: page.map(({ message, timestamp }) => ({
          timestamp,
          message,
          ingestionTime: timestamp,
        })),
        nextForwardToken: writePosition({ forward: true, id: last }),
        nextBackwardToken: writePosition({ forward: false, id: first }),
      };
    },
  };
}

function filterLogEvents(
  worlds: EcsWorlds,
): Operation<Wire<FilterLogEventsRequest>, Wire<FilterLogEventsResponse>> {
  return {
    resource: groupArn,
    run({ filterPattern, logStreamNamePrefix, logStreamNames, nextToken, ...input }, signed) {
      if (logStreamNames && logStreamNamePrefix !== undefined) {
        throw invalid('Only one of logStreamNames and logStreamNamePrefix can be specified.');
      }
      const all = streams(worlds, input, signed);
      for (const name of logStreamNames ?? []) if (!all.has(name)) throw missing('stream');
      const passes = filterOf(filterPattern);
      const after = nextToken === undefined ? 0 : readPosition(nextToken).id;
      const found = [...all.values()]
        .filter(({ name }) => !logStreamNames || logStreamNames.includes(name))
        .filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''))
        .flatMap((stream) => within(stream, input).map((event) => ({ stream, event })))
        .filter(({ event }) => event.id > after && passes(event.message))
        .sort((a, b) => a.event.id - b.event.id);
      const page = found.slice(0, input.limit ?? 10_000);
      const last = page.at(-1)?.event.id;
      return {
        events: page.map(({ event, stream }) => ({
          logStreamName: stream.name,
          timestamp: event.timestamp,
          message: event.message,
          ingestionTime: event.timestamp,
          eventId: String(event.id).padStart(56, '0'),
        })),
        searchedLogStreams: [],
        ...(page.length < found.length &&
          last !== undefined && { nextToken: writePosition({ forward: true, id: last }) }),
      };
    },
  };
}

function describeLogStreams(
  worlds: EcsWorlds,
): Operation<Wire<DescribeLogStreamsRequest>, Wire<DescribeLogStreamsResponse>> {
  return {
    resource: groupArn,
    run({ descending = false, logStreamNamePrefix: prefix, nextToken, ...input }, signed) {
      const { limit = 50, orderBy = 'LogStreamName' } = input;
      if (orderBy === 'LastEventTime' && prefix !== undefined) {
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const all = [...streams(worlds, input, signed).values()]
        .filter(({ name }) => name.startsWith(prefix ?? ''))
        .sort((a, b) =>
          orderBy === 'LastEventTime' ? lastTime(a) - lastTime(b) : a.name < b.name ? -1 : 1,
        );
      if (descending) all.reverse();
      const from = nextToken === undefined ? 0 : readPosition(nextToken).id;
      const end = from + limit;
      return {
        logStreams: all.slice(from, end).map((stream) => shown(stream, groupArn(input, signed))),
        ...(end < all.length && { nextToken: writePosition({ forward: true, id: end }) }),
      };
    },
  };
}

function shown({ createdAt, events, name }: LogStream, group: string) {
  const [first] = events;
  const last = events.at(-1);
  return {
    logStreamName: name,
    creationTime: createdAt,
    ...(first && { firstEventTimestamp: first.timestamp }),
    ...(last && { lastEventTimestamp: last.timestamp, lastIngestionTime: last.timestamp }),
    arn: `${group}:log-stream:${name}`,
    storedBytes: 0,
  };
}

interface OfGroup {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}

function groupName({ logGroupIdentifier, logGroupName }: OfGroup): string {
  if (logGroupIdentifier !== undefined && logGroupName !== undefined) {
    throw invalid('Only one of logGroupName and logGroupIdentifier can be specified.');
  }
  const named = logGroupName ?? logGroupIdentifier?.split(':log-group:').at(-1);
  return named ?? '';
}

function groupArn(of: OfGroup, signed: Signed): string {
  const { account, region } = placeOf(signed);
  return `arn:aws:logs:${region}:${account}:log-group:${groupName(of)}`;
}

function streams(worlds: EcsWorlds, of: OfGroup, signed: Signed): Map<string, LogStream> {
  const found = worlds.of(signed).logs.groups.get(groupName(of));
  if (!found) throw missing('group');
  return found;
}

function within(
  { events }: LogStream,
  {
    endTime = Infinity,
    startTime = 0,
  }: { startTime?: number | undefined; endTime?: number | undefined },
): LogEvent[] {
  return events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
}

function lastTime({ createdAt, events }: LogStream): number {
  return events.at(-1)?.timestamp ?? createdAt;
}

function missing(what: 'group' | 'stream'): Refusal {
  return new Refusal('ResourceNotFoundException', `The specified log ${what} does not exist.`);
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidParameterException', message);
}
