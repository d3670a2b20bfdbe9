import { describe, expect, it } from '@jest/globals';
import { currentRevision, planWayBack } from '../../src/way-back/plan-way-back.ts';
import { provenPatch, provenRecord } from '../../src/way-back/proven-record.ts';

const proven = { revision: 'shop-1', image: 'shop@sha256:1', run: 'https://run/1', commit: 'c1' };
const template = (image: string) => ({ spec: { containers: [{ name: 'web', image }] } });
const revisions = [
  { name: 'shop-3', number: 3, template: template('shop@sha256:3') },
  { name: 'shop-2', number: 2, template: template('shop@sha256:2') },
  { name: 'shop-1', number: 1, template: template('shop@sha256:1') },
];
const live = (number: string, record?: object, available = 2) => ({
  metadata: {
    annotations: {
      'deployment.kubernetes.io/revision': number,
      ...(record && { 'slipway-proven': JSON.stringify(record) }),
    },
  },
  status: { availableReplicas: available },
});

describe('the way back of a Deployment', () => {
  it('leads to nothing where nothing was', () => {
    const way = planWayBack({ live: undefined, kind: 'Deployment' }, []);
    expect(way).toMatchObject({ rollback: { to: 'nothing' }, serves: 'nothing' });
  });

  it('leads to what runs where that was proven', () => {
    const way = planWayBack({ live: live('1', proven), kind: 'Deployment' }, revisions.slice(2));
    expect(way).toEqual({
      rollback: { to: 'previous' },
      serves: 'previous',
      template: undefined,
      image: undefined,
      notes: [],
    });
  });

  it('leads over two bad revisions to the one that was proven', () => {
    const way = planWayBack({ live: live('3', proven), kind: 'Deployment' }, revisions);
    expect(way).toMatchObject({ template: template('shop@sha256:1'), image: 'shop@sha256:1' });
    expect(way.notes).toEqual([expect.stringContaining('a rollback leads to shop@sha256:1')]);
  });

  it('leads to what runs where nothing was ever proven, or the proven one is not kept', () => {
    expect(planWayBack({ live: live('3'), kind: 'Deployment' }, revisions).template).toBe(
      undefined,
    );
    const way = planWayBack({ live: live('3', proven), kind: 'Deployment' }, revisions.slice(0, 2));
    expect(way.template).toBe(undefined);
    expect(way.notes).toEqual([expect.stringContaining('is not kept')]);
  });

  it('does not say that a workload without a ready pod serves', () => {
    expect(planWayBack({ live: live('1', proven, 0), kind: 'Deployment' }, revisions).serves).toBe(
      'unknown',
    );
  });

  it('does not exist for a Job', () => {
    const way = planWayBack({ live: live('1'), kind: 'Job' }, []);
    expect(way.rollback).toEqual({ to: 'none', why: 'the pods of a Job cannot be changed back' });
  });
});

describe('the revision that a workload is set to', () => {
  it.each([
    ['Deployment', live('2'), 'shop-2'],
    ['StatefulSet', { status: { updateRevision: 'shop-1' } }, 'shop-1'],
    ['DaemonSet', {}, 'shop-3'],
  ])('of a %s', (kind, object, name) => {
    expect(currentRevision(kind, object, revisions)?.name).toBe(name);
  });
});

describe('the record of a proof', () => {
  it('is read as it was written', () => {
    const object = JSON.parse(JSON.stringify(provenPatch(proven)));
    expect(provenRecord(object)).toEqual(proven);
  });

  it.each(['', '{', '[]', '"shop-1"', '{"revision":7}'])('that is %j is none', (text) => {
    expect(provenRecord({ metadata: { annotations: { 'slipway-proven': text } } })).toBe(undefined);
  });
});
