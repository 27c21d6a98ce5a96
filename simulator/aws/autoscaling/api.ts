import { NotModelled } from "../awsError";
import type { AutoScaling } from "./autoScaling";
import type { Tags } from "../ec2/ec2";
import type { ReadServices } from "../ec2/api";
import type { Faults } from "../../faults";
import { type Group, isWarm, type Member } from "./group";
import type { Whose } from "./lifecycleActions";
import { readPage, type Query } from "../queryProtocol";
import { LaggingReads } from "../laggingReads";
import type { ApiAction } from "../apiAction";

const MAX_RECORDS = 100;
const MAX_WARM_RECORDS = 50;

/** A group as reads show it. */
interface View {
  tags: Tags;
  xml: object;
}

/** A warm pool as reads show it. */
interface WarmPoolView {
  configuration: object | undefined;
  instances: object[];
}

/** The actions of Auto Scaling's API that are modelled, by name. */
export function autoScalingActions(
  autoScaling: AutoScaling,
  { clock, faults }: ReadServices,
): Map<string, ApiAction> {
  const groups = new LaggingReads<View>(clock, faults, (name) => {
    const group = autoScaling.groups.get(name);
    return group && { tags: group.tags, xml: groupXml(group) };
  });
  const warmPools = new LaggingReads<WarmPoolView>(clock, faults, (name) => {
    const group = autoScaling.groups.get(name);
    return group && warmPoolView(group);
  });
  const withWarmPool = new Set<string>();
  autoScaling.onTouch((name) => {
    groups.touch(name);
    if (autoScaling.groups.get(name)?.warmPool !== undefined) withWarmPool.add(name);
    if (withWarmPool.has(name)) warmPools.touch(name);
  });
  const lifecycleCall = (
    run: (group: string, hook: string, whose: Whose, query: Query) => () => void,
  ): ApiAction => ({
    mutates: true,
    read(query) {
      const groupName = query.text("AutoScalingGroupName");
      const hookName = query.text("LifecycleHookName");
      const token = query.optional("LifecycleActionToken");
      const whose = token === undefined ? { instanceId: query.text("InstanceId") } : { token };
      const call = run(groupName, hookName, whose, query);
      return {
        subject: `${hookName} of ${"token" in whose ? whose.token : whose.instanceId}`,
        resources: () => {
          const { arn, tags } = autoScaling.groupByName(groupName);
          return [{ arn, tags }];
        },
        run: () => {
          call();
          return {};
        },
      };
    },
  });
  return new Map<string, ApiAction>([
    ["DescribeAutoScalingGroups", describeGroups(autoScaling, groups, faults)],
    ["DescribeWarmPool", describeWarmPool(autoScaling, warmPools, faults)],
    [
      "CompleteLifecycleAction",
      lifecycleCall((group, hook, whose, query) => {
        const result = query.text("LifecycleActionResult");
        return () => {
          autoScaling.completeLifecycleAction(group, hook, whose, result);
        };
      }),
    ],
    [
      "RecordLifecycleActionHeartbeat",
      lifecycleCall((group, hook, whose) => () => {
        autoScaling.recordLifecycleActionHeartbeat(group, hook, whose);
      }),
    ],
  ]);
}

function describeGroups(
  autoScaling: AutoScaling,
  groups: LaggingReads<View>,
  faults: Faults,
): ApiAction {
  return {
    mutates: false,
    read(query) {
      const keys = query.filters("Filters", "Values", ["tag-key"]).get("tag-key");
      const maxRecords = query.number("MaxRecords", MAX_RECORDS);
      const token = query.optional("NextToken");
      if (keys === undefined) throw new NotModelled("DescribeAutoScalingGroups without a filter");
      return {
        subject: `tag-key=${keys.join(",")}`,
        resources: () => [],
        run: () => {
          const tagged = groups
            .read(autoScaling.groups.keys())
            .filter(({ tags }) => keys.some((key) => Object.hasOwn(tags, key)));
          const pageSize = Math.min(maxRecords, MAX_RECORDS);
          const { page, nextToken } = readPage(faults, tagged, pageSize, token);
          const AutoScalingGroups = { member: page.map(({ xml }) => xml) };
          return { AutoScalingGroups, NextToken: nextToken };
        },
      };
    },
  };
}

function describeWarmPool(
  autoScaling: AutoScaling,
  warmPools: LaggingReads<WarmPoolView>,
  faults: Faults,
): ApiAction {
  return {
    mutates: false,
    read(query) {
      const groupName = query.text("AutoScalingGroupName");
      const maxRecords = query.number("MaxRecords", MAX_WARM_RECORDS);
      const token = query.optional("NextToken");
      return {
        subject: groupName,
        resources: () => [],
        run: () => {
          autoScaling.groupByName(groupName);
          const view = warmPools.readOne(groupName);
          const { configuration, instances = [] } = view ?? {};
          const pageSize = Math.min(maxRecords, MAX_WARM_RECORDS);
          const { page, nextToken } = readPage(faults, instances, pageSize, token);
          const Instances = { member: page };
          return { WarmPoolConfiguration: configuration, Instances, NextToken: nextToken };
        },
      };
    },
  };
}

function groupXml(group: Group): object {
  const { name, arn, tags, members, ...sizes } = group;
  const all = [...members.values()];
  const { configuration } = warmPoolView(group);
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: arn,
    MinSize: sizes.minSize,
    MaxSize: sizes.maxSize,
    DesiredCapacity: sizes.desiredCapacity,
    Tags: { member: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    Instances: { member: all.filter((member) => !isWarm(member)).map(memberXml) },
    WarmPoolConfiguration: configuration,
  };
}

function warmPoolView({ warmPool, members }: Group): WarmPoolView {
  const instances = [...members.values()].filter(isWarm).map(memberXml);
  const configuration = warmPool && {
    PoolState: warmPool.poolState,
    MinSize: warmPool.minSize,
    MaxGroupPreparedCapacity: warmPool.maxGroupPreparedCapacity,
    InstanceReusePolicy: { ReuseOnScaleIn: warmPool.reuseOnScaleIn },
    Status: warmPool.isPendingDelete === true ? "PendingDelete" : undefined,
  };
  return { configuration, instances };
}

function memberXml({ instance, lifecycleState }: Member): object {
  return {
    InstanceId: instance.id,
    LifecycleState: lifecycleState,
    AvailabilityZone: instance.subnet.availabilityZone,
  };
}
