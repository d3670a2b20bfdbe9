import { gantt } from '../action/gantt.ts';
import { codeBlock, codeSpan, escapeMarkdown, table } from '../action/markdown.ts';
import type { Failure } from '../failure/failure.ts';
import { cut } from '../secrets/cut.ts';
import { formatDuration } from '../time/duration.ts';
import type { DeployResult, Serving, Status } from './result.ts';
import type { PlanFacts } from './target.ts';

/** Outputs that every deploy action has. */
export interface DeployOutputs {
  status: Status;
  url: string;
  image: string;
  'previous-image': string;
  reason: string;
  duration: string;
}

/** The outputs of a deploy; `duration` in seconds with one decimal, empty without a proof. */
export function deployOutputs(result: DeployResult): DeployOutputs {
  return {
    status: result.status,
    url: result.proof?.url ?? '',
    image: result.plan?.image ?? '',
    'previous-image': result.plan?.previousImage ?? '',
    reason: result.failure?.code ?? '',
    duration: result.duration === undefined ? '' : (result.duration / 1_000).toFixed(1),
  };
}

/** What a plan would change, a line each; for the log. */
export function changeLines({ diff }: Pick<PlanFacts, 'diff'>): string[] {
  return diff.map(({ what, before, after }) =>
    before === '' ? `${what}: ${after}` : `${what}: ${before} -> ${after}`,
  );
}

const tail = { lines: 5, width: 400 };

/**
 * The failure as the annotation tells it. That is what most people read, so it ends with the last
 * words of what failed.
 */
export function deployFailure({ failure, evidence }: DeployResult): Failure | undefined {
  const log = evidence?.logs.find(({ lines }) => lines.some((line) => line.trim() !== ''));
  if (!failure || !log) return failure;
  const lines = log.lines.slice(-tail.lines).map((line) => cut(line, tail.width));
  return failure.followedBy(`Last log lines of ${log.source}:\n${lines.join('\n')}`);
}

/** The last line of a run: how it ended and what serves now. */
export function closingLine(result: DeployResult): string {
  const { status, target, proof } = result;
  const proven = proof ? `, proven ${proof.how}` : '';
  const line = `${status}: ${target} ${serves(result)}${proven}${rollbackSaid(result)}`;
  return line.endsWith('.') ? line : `${line}.`;
}

function rollbackSaid({ rollbackFailure, noRollback, left }: DeployResult): string {
  if (left !== '') return `; ${left}`;
  if (rollbackFailure) return `; the rollback failed: ${rollbackFailure.message}`;
  return noRollback === '' ? '' : `; there is no rollback: ${noRollback}`;
}

/** The job summary: verdict first, then how it went, what changed, and what was found. */
export function deploySummary(result: DeployResult): string {
  const green = result.failure === undefined && result.rollbackFailure === undefined;
  const parts = [
    `## ${green ? '✅' : '❌'} ${escapeMarkdown(headline(result))}`,
    verdict(result),
    whyItFailed('Why', result.failure),
    whyItFailed('Why the rollback failed', result.rollbackFailure),
    changes(result),
    evidence(result),
    gantt(result.timeline),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const headlines: Record<Status, string> = {
  deployed: 'deployed and proven',
  unchanged: 'already deployed, proven again',
  planned: 'planned, nothing was changed',
  'rolled-back': 'rolled back: the version before serves',
  failed: 'failed',
  cancelled: 'cancelled',
};

function headline(result: DeployResult): string {
  const { target, status, serving } = result;
  const how = `${target}: ${headlines[status]}`;
  if (status === 'planned')
    return serving === 'unchanged' ? how : `${how}; it serves ${whatServes(result)}`;
  return status === 'failed' || status === 'cancelled' ? `${how}; it ${predicate(result)}` : how;
}

function serves(result: DeployResult): string {
  const image = servingImage(result);
  return `${predicate(result)}${image ? ` (${image})` : ''}`;
}

function predicate(result: DeployResult): string {
  const what = whatServes(result);
  if (result.serving === 'unknown') return 'is not proven to serve anything';
  if (result.serving === 'unchanged') return 'was not changed';
  return result.proof ? `serves ${what}` : `was not changed and serves ${what}`;
}

function whatServes({ serving, status }: DeployResult): string {
  const words: Record<Serving, string> = {
    new: status === 'unchanged' ? 'this version, as before' : 'the new version',
    old: 'the version before',
    nothing: 'nothing, as before this run',
    unchanged: 'as before this run',
    unknown: 'not proven',
  };
  return words[serving];
}

function servingImage(result: DeployResult): string | undefined {
  if (result.serving === 'new') return result.plan?.image;
  return result.serving === 'old' ? result.plan?.previousImage : undefined;
}

function verdict(result: DeployResult): string {
  if (result.status === 'planned') return '';
  const image = servingImage(result);
  const rows = [
    ['Serving now', `${escapeMarkdown(whatServes(result))}${image ? ` ${codeSpan(image)}` : ''}`],
    ['Proof', result.proof ? escapeMarkdown(result.proof.how) : withoutProof(result)],
  ];
  if (result.proof?.url) rows.push(['Address', codeSpan(result.proof.url)]);
  if (result.duration !== undefined) rows.push(['Apply to proof', formatDuration(result.duration)]);
  return table(['', ''], rows);
}

// What was not touched needs no proof of this run.
function withoutProof({ serving, noRollback, left }: DeployResult): string {
  if (serving !== 'unknown') return 'nothing was changed';
  if (left !== '') return escapeMarkdown(`none; ${left}`);
  return noRollback === '' ? 'none' : escapeMarkdown(`none; there is no rollback: ${noRollback}`);
}

function whyItFailed(title: string, failure: Failure | undefined): string {
  if (!failure) return '';
  return `### ${title}\n\n**${codeSpan(failure.code)}** ${escapeMarkdown(failure.message)}\n\n${escapeMarkdown(failure.remedy)}`;
}

function changes(result: DeployResult): string {
  const diff = result.plan?.diff ?? [];
  if (diff.length === 0) return '';
  const rows = diff.map(({ what, before, after }) => [
    escapeMarkdown(what),
    before ? codeSpan(before) : '',
    after ? codeSpan(after) : '',
  ]);
  return `### Change\n\n${table(['', 'before', 'after'], rows)}`;
}

function evidence(result: DeployResult): string {
  if (!result.evidence) return '';
  const { facts, logs } = result.evidence;
  const list = facts.map((fact) => `- ${escapeMarkdown(fact)}`).join('\n');
  const blocks = logs.map(
    ({ source, lines }) =>
      `Last log lines of ${codeSpan(source)}:\n\n${codeBlock(lines.join('\n'))}`,
  );
  const parts = [list, ...blocks].filter((part) => part !== '');
  return parts.length > 0 ? `### Evidence\n\n${parts.join('\n\n')}` : '';
}
