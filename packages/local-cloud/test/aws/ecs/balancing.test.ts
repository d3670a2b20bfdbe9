import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Shop } from './shop.ts';

describe('load balancing, as its own client reads it', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it('shows groups, listeners and rules', async () => {
    const { balancing } = shop.world;
    const { arn } = balancing.addGroup({ name: 'blue', path: '/healthz', interval: 10 });
    const rule = balancing.addListener(443, arn);
    const { TargetGroups } = await shop.balancing.describeTargetGroups({ Names: ['blue'] });
    expect(TargetGroups).toMatchObject([
      {
        TargetGroupArn: arn,
        HealthCheckPath: '/healthz',
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 5,
        Matcher: { HttpCode: '200' },
        LoadBalancerArns: [rule.loadBalancerArn],
      },
    ]);
    const { Listeners } = await shop.balancing.describeListeners({
      LoadBalancerArn: rule.loadBalancerArn,
    });
    expect(Listeners).toMatchObject([
      { ListenerArn: rule.listenerArn, Port: 443, DefaultActions: [{ TargetGroupArn: arn }] },
    ]);
    const { Rules } = await shop.balancing.describeRules({ ListenerArn: rule.listenerArn });
    expect(Rules).toMatchObject([{ RuleArn: rule.arn, IsDefault: true, Priority: 'default' }]);
  });

  it('comes a page at a time', async () => {
    for (const name of ['a', 'b', 'c']) shop.world.balancing.addGroup({ name });
    const first = await shop.balancing.describeTargetGroups({ PageSize: 2 });
    expect(first.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)).toEqual(['a', 'b']);
    const second = await shop.balancing.describeTargetGroups({ Marker: first.NextMarker });
    expect(second.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)).toEqual(['c']);
  });

  it('a group that no listener uses has unused targets, and a target that is not in it none', async () => {
    const { arn } = shop.world.balancing.addGroup({ name: 'blue' });
    await shop.register('1');
    await shop.client.createService({
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 1,
      loadBalancers: [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }],
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    shop.clock.pass(60_000);
    const all = await shop.balancing.describeTargetHealth({ TargetGroupArn: arn });
    expect(all.TargetHealthDescriptions).toMatchObject([
      { Target: { Port: 80 }, TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' } },
    ]);
    const one = await shop.balancing.describeTargetHealth({
      TargetGroupArn: arn,
      Targets: [{ Id: '10.9.9.9' }],
    });
    expect(one.TargetHealthDescriptions).toMatchObject([
      { TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
    ]);
  });

  it.each<[what: string, ask: (client: Shop['balancing']) => Promise<unknown>, error: string]>([
    [
      'a group',
      (client) => client.describeTargetHealth({ TargetGroupArn: 'arn:gone' }),
      'TargetGroupNotFoundException',
    ],
    [
      'a listener',
      (client) => client.describeListeners({ ListenerArns: ['arn:gone'] }),
      'ListenerNotFoundException',
    ],
    [
      'a rule',
      (client) => client.describeRules({ RuleArns: ['arn:gone'] }),
      'RuleNotFoundException',
    ],
  ])('refuses %s that is not there', async (_, ask, error) => {
    await expect(ask(shop.balancing)).rejects.toMatchObject({ name: error });
  });
});
