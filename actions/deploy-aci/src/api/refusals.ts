import { Failure } from '@slipway/shared/failure/failure';
import { field, listField, parseJson, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import type { ArmAnswer, ArmCall } from './arm-call.ts';
import { failureFor } from './refusal-table.ts';

/** As whom, and where. */
export interface ArmCaller {
  who: string;
  subscription: string;
}

/** An error of Azure in its own words. */
export interface ArmError {
  /** `ContainerGroupTransitioning`; empty where the answer is none of Azure's. */
  code: string;
  message: string;
}

/** Reads the error of an answer, with what it has inside. */
export function armError(text: string): ArmError {
  const body = parseJson(text);
  const error = field(body, 'error') ?? body;
  const code = textField(error, 'code') ?? '';
  const inside = listField(error, 'details')
    .slice(0, 3)
    .map((detail) => textField(detail, 'message'));
  const words = [textField(error, 'message'), ...inside].filter(Boolean);
  return { code, message: [...new Set(words)].join(' ').slice(0, longestMessage) };
}

const longestMessage = 5_000;

/**
 * What a refusal of Azure means. The status misleads: a quota that is used up and a region without
 * room are both 409, so that code and message decide.
 */
export function refusalOf(answer: ArmAnswer, call: ArmCall, caller: ArmCaller): Failure {
  const error = armError(answer.text);
  if (error.code === '') {
    const said = `HTTP ${answer.status}`;
    return Failure.of('aci/unavailable', { call: whole(call.call), said });
  }
  const id = answer.header('x-ms-correlation-request-id');
  return armFailure(error, { ...call, ...caller, status: answer.status, id });
}

/** The same for an error that an operation ended with. */
export function armFailure(
  { code, message }: ArmError,
  about: ArmCall & ArmCaller & { status?: number; id?: string | undefined },
): Failure {
  const said = oneLine(message === '' ? code : `${code}: ${message}`);
  const inMessage = /(?:activity|tracking|correlation) id[:\s']+([\w-]{8,64})/i.exec(message)?.[1];
  const id = oneLine(inMessage ?? about.id ?? 'unknown');
  return failureFor({ ...about, code, message, said, id, status: about.status ?? 0 });
}

/** The name of a call at the beginning of a sentence. */
export function whole(call: string): string {
  return call.charAt(0).toUpperCase() + call.slice(1);
}
