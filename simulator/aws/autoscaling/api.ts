import { AwsError, NotModelled } from "../awsError";
import type { AutoScaling } from "./autoScaling";
import {
  type AutoScalingServices,
  type Group,
  invalid,
  isWarm,
  type Member,
  membersOf,
} from "./group";
import { LaggingReads } from "../laggingReads";
import { readPage, tagTexts } from "../queryProtocol";
import type { ApiAction } from "../apiAction";

const DEFAULT_RECORDS = 50;
const MAX_RECORDS = 100;
const MAX_WARM_RECORDS = 50;

type ReadServices = Pick<AutoScalingServices, "clock" | "faults">;

/** The actions of Auto Scaling's API that are modelled, by name. */
export function autoScalingActions(
  autoScaling: AutoScaling,
  services: ReadServices,
): Map<string, ApiAction> {
  return new Map([
    ["DescribeAutoScalingGroups", describeGroups(autoScaling, services)],
    ["DescribeWarmPool", describeWarmPool(autoScaling, services)],
    ["CompleteLifecycleAction", lifecycleCall(autoScaling, "complete")],
    ["RecordLifecycleActionHeartbeat", lifecycleCall(autoScaling, "prolong")],
  ]);
}

/** A call on a lifecycle action; of a group that a service manages, nobody else's is taken. */
function lifecycleCall(autoScaling: AutoScaling, what: "complete" | "prolong"): ApiAction {
  return {
    mutates: true,
    read(query) {
      const groupName = query.text("AutoScalingGroupName");
      const hookName = query.text("LifecycleHookName");
      const token = query.optional("LifecycleActionToken");
      const whose = token === undefined ? { instanceId: query.text("InstanceId") } : { token };
      const result = what === "complete" ? query.text("LifecycleActionResult") : undefined;
      return {
        subject: `${hookName} of ${"token" in whose ? whose.token : whose.instanceId}`,
        resources: () => {
          const { arn, tags } = autoScaling.groupByName(groupName);
          return [{ arn, tags }];
        },
        run: () => {
          const { operator } = autoScaling.groupByName(groupName);
          if (operator !== undefined) {
            throw new AwsError("AccessDenied", `${groupName} is managed by ${operator.principal}.`);
          }
          if (result === undefined) {
            autoScaling.recordLifecycleActionHeartbeat(groupName, hookName, whose);
          } else autoScaling.completeLifecycleAction(groupName, hookName, whose, result);
          return {};
        },
      };
    },
  };
}

function describeGroups(autoScaling: AutoScaling, { clock, faults }: ReadServices): ApiAction {
  const groups = new LaggingReads(clock, faults, (name) => {
    const group = autoScaling.groups.get(name);
    if (group === undefined) return undefined;
    const { tags, operator } = group;
    return { name, tags, isManaged: operator !== undefined, xml: groupXml(group) };
  });
  autoScaling.onTouch((name) => {
    groups.touch(name);
  });
  return {
    mutates: false,
    read(query) {
      const filters = [...query.filters("Filters", "Values", ["tag-key", "tag:"])];
      const names = query.texts("AutoScalingGroupNames");
      const pageSize = Math.min(query.number("MaxRecords", DEFAULT_RECORDS), MAX_RECORDS);
      const token = query.optional("NextToken");
      const isManagedToo = query.optional("IncludeManagedResources") !== "false";
      if (filters.some(([, values]) => /[*?]/.test(values.join("")))) {
        throw new NotModelled("wildcards in a filter of groups");
      }
      if (filters.length + names.length === 0) {
        throw new NotModelled("DescribeAutoScalingGroups without a filter");
      }
      if (names.length > pageSize) {
        throw invalid(`The number of group names that may be passed in is limited to ${pageSize}`);
      }
      return {
        subject: [...names, ...filters.map(([name, values]) => `${name}=${values.join(",")}`)].join(
          " ",
        ),
        resources: () => [],
        run: () => {
          const found = groups
            .read(autoScaling.groups.keys())
            .filter(({ name }) => names.length === 0 || names.includes(name))
            .filter(({ tags }) =>
              filters.every(([name, values]) =>
                tagTexts(tags, name).some((text) => values.includes(text)),
              ),
            )
            .filter(({ isManaged }) => isManagedToo || !isManaged);
          const { page, nextToken } = readPage(faults, found, pageSize, token);
          const AutoScalingGroups = { member: page.map(({ xml }) => xml) };
          return { AutoScalingGroups, NextToken: nextToken };
        },
      };
    },
  };
}

function describeWarmPool(autoScaling: AutoScaling, { clock, faults }: ReadServices): ApiAction {
  const warmPools = new LaggingReads(clock, faults, (name) => {
    const group = autoScaling.groups.get(name);
    const warm = group && membersOf(group).filter(isWarm).map(memberXml);
    return group && { configuration: warmPoolXml(group), instances: warm };
  });
  const withWarmPool = new Set<string>();
  autoScaling.onTouch((name) => {
    if (autoScaling.groups.get(name)?.warmPool !== undefined) withWarmPool.add(name);
    if (withWarmPool.has(name)) warmPools.touch(name);
  });
  return {
    mutates: false,
    read(query) {
      const groupName = query.text("AutoScalingGroupName");
      const pageSize = Math.min(query.number("MaxRecords", MAX_WARM_RECORDS), MAX_WARM_RECORDS);
      const token = query.optional("NextToken");
      return {
        subject: groupName,
        resources: () => [],
        run: () => {
          autoScaling.groupByName(groupName);
          const { configuration, instances = [] } = warmPools.readOne(groupName) ?? {};
          const { page, nextToken } = readPage(faults, instances, pageSize, token);
          const Instances = { member: page };
          return { WarmPoolConfiguration: configuration, Instances, NextToken: nextToken };
        },
      };
    },
  };
}

function groupXml(group: Group): object {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    Operator: group.operator && { Principal: group.operator.principal },
    Tags: { member: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value })) },
    Instances: {
      member: membersOf(group)
        .filter((member) => !isWarm(member))
        .map(memberXml),
    },
    WarmPoolConfiguration: warmPoolXml(group),
  };
}

function warmPoolXml({ warmPool }: Group): object | undefined {
  return (
    warmPool && {
      PoolState: warmPool.poolState,
      MinSize: warmPool.minSize,
      MaxGroupPreparedCapacity: warmPool.maxGroupPreparedCapacity,
      InstanceReusePolicy: { ReuseOnScaleIn: warmPool.reuseOnScaleIn },
      Status: warmPool.isPendingDelete === true ? "PendingDelete" : undefined,
    }
  );
}

function memberXml({ instance, lifecycleState }: Member): object {
  return {
    InstanceId: instance.id,
    LifecycleState: lifecycleState,
    AvailabilityZone: instance.subnet.availabilityZone,
  };
}
