import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  DEFAULT_TAG_KEY,
  type EnaSrd,
  POOL_SETTINGS_VARIABLE,
  POOL_TAGS_VARIABLE,
  type PoolSettings,
  poolsIn,
  TAG_KEY_VARIABLE,
  WHEN_EXHAUSTED_VARIABLE,
  type WhenExhausted,
} from "../../handler/names";
import { checkName } from "../checks";
import { isKnown, type Mistake, show, under } from "../mistakes";
import { checkSecurityGroupCount, checkStaysAttached } from "../onDemandChecks";

/** What `enaQueueCount` of a pool is. */
export const ENA_QUEUES = "a whole number of queues of 1 or more";

/** A pool with settings of its own. */
export interface ManagedPool {
  /** Its name, the value of its tag. */
  name: string;
  /**
   * What happens to an instance that launches while this pool has no free interface and none on its way
   * back. `continue` makes standbys: the first of them is given the address of a holder that fails.
   * @default the manager's
   */
  whenExhausted?: WhenExhausted;
  /**
   * Present where the pool's interfaces are made when an instance launches, and end with it.
   * @default none: the interfaces are there before
   */
  onDemand?: OnDemandArgs;
  /**
   * Whether a member that is terminated keeps its address while other lifecycle hooks of its group still
   * hold it, as one that drains connections does: the manager then answers its own hook at once, and detaches
   * when the other hooks are done, or after 120 seconds, as long as its own hook would have held the instance.
   * @default false: the address is detached first, so that a replacement has it as soon as may be
   * @throws ResourceError with `onDemand`, whose interfaces stay with their instance
   */
  detachAfterOtherHooks?: boolean;
  /**
   * ENA Express, for TCP alone or for UDP, too. It belongs to the attachment and not to the interface, so the
   * manager sets it with every attachment. EC2 refuses the attachment to an instance type without ENA Express.
   * Changing it changes no attachment that is there.
   * @default EC2's: none
   */
  enaSrd?: EnaSrd;
  /**
   * How many ENA queues the attachment has, a whole number of 1 or more, set with every attachment as `enaSrd`
   * is. EC2 refuses more than the instance type has left, and any number where the type's queues are fixed.
   * @default EC2's for the instance type
   * @throws ResourceError when it is anything else
   */
  enaQueueCount?: number;
}

/** Where interfaces are made on demand. */
export interface OnDemandArgs {
  /** The subnets, one in each Availability Zone in which instances run. */
  subnetIds: pulumi.Input<string>[];
  /** The security groups of the interfaces, 1 to 16. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** What a manager looks after. */
export interface Scope {
  tagKey: string;
  /** The values of the pool tag that instances and groups may have; undefined: every one. */
  poolTags?: string[];
  /** The pools' names; undefined: every pool with the tag key. */
  pools?: string[];
  poolsOfTheirOwn: ManagedPool[];
}

/** Reads the argument `pools` of a manager. */
export function scopeOf(
  tagKey: string | undefined,
  pools: (string | ManagedPool)[] | undefined,
): Scope {
  const poolTags = pools?.map((pool) => (typeof pool === "string" ? pool : pool.name));
  return {
    tagKey: tagKey ?? DEFAULT_TAG_KEY,
    poolTags,
    pools: poolTags && [...new Set(poolTags.flatMap((poolTag) => poolsIn(poolTag)))],
    poolsOfTheirOwn: (pools ?? []).filter((pool) => typeof pool !== "string"),
  };
}

/** Finds what is wrong with the argument `pools` of a manager. */
export function checkManagedPools(pools: (string | ManagedPool)[]): Mistake[] {
  if (pools.length === 0) {
    const wanted = "write the pools' names, or leave it out to look after every pool";
    return [{ path: [], message: `is an empty list; ${wanted}` }];
  }
  const firstByName = new Map<string, number>();
  return pools.flatMap((pool, index) => {
    if (typeof pool === "string") {
      const names = poolsIn(pool);
      const mistakes = (names.length > 0 ? names : [""]).flatMap((name) => checkName(name));
      return under(index, mistakes);
    }
    const mistakes = [...under("name", checkName(pool.name))];
    const first = firstByName.get(pool.name);
    if (first === undefined) firstByName.set(pool.name, index);
    else {
      const message = `is ${show(pool.name)}, as pools[${first}].name is; write every name once`;
      mistakes.push({ path: ["name"], message });
    }
    mistakes.push(...checkAttachmentSettings(pool));
    if (pool.onDemand?.subnetIds.length === 0) {
      const wanted = "write a subnet in each Availability Zone in which instances run";
      const message = `is an empty list; ${wanted}`;
      mistakes.push({ path: ["onDemand", "subnetIds"], message });
    }
    const securityGroupIds = pool.onDemand?.securityGroupIds;
    if (Array.isArray(securityGroupIds)) {
      mistakes.push(...under("onDemand", checkSecurityGroupCount(securityGroupIds.length)));
    }
    return under(index, mistakes);
  });
}

function checkAttachmentSettings(pool: ManagedPool): Mistake[] {
  const { onDemand, detachAfterOtherHooks, enaQueueCount } = pool;
  const mistakes = onDemand === undefined ? [] : checkStaysAttached(detachAfterOtherHooks);
  if (enaQueueCount !== undefined && !(Number.isInteger(enaQueueCount) && enaQueueCount >= 1)) {
    const message = `is ${enaQueueCount}; write ${ENA_QUEUES}`;
    mistakes.push({ path: ["enaQueueCount"], message });
  }
  return mistakes;
}

/** Finds what is wrong with the lists that become known later. Paths start with the pool's index. */
export function checkSecurityGroupsOf(pools: (string | ManagedPool)[]): pulumi.Output<Mistake[]> {
  const checks = pools.map((pool, index) =>
    typeof pool === "string" || pool.onDemand === undefined
      ? []
      : pulumi
          .output(pool.onDemand.securityGroupIds)
          .apply((ids) => under(index, under("onDemand", checkSecurityGroupCount(ids.length)))),
  );
  return pulumi.all(checks).apply((lists) => lists.flat());
}

/** What a pool on demand is made of, as AWS shows it. What another account shares has an ARN of that one. */
export interface OnDemandPlace {
  name: string;
  subnets: { id: string; arn?: string; availabilityZone: string }[];
  securityGroups: { id: string; arn?: string }[];
}

/** Pools on demand as AWS shows them; what can't be read is left out, and there is a mistake. */
export interface PlaceLooks {
  places: OnDemandPlace[];
  /** Paths start with the pool's index. */
  mistakes: Mistake[];
}

/** Asks AWS what pools on demand are made of. */
export function lookUpPlaces(
  pools: (string | ManagedPool)[],
  opts: pulumi.InvokeOptions,
): pulumi.Output<PlaceLooks> {
  const looks = pools.map((pool, index) => {
    if (typeof pool === "string" || pool.onDemand === undefined) return undefined;
    const { name, onDemand } = pool;
    return pulumi
      .all([pulumi.output(onDemand.subnetIds), pulumi.output(onDemand.securityGroupIds)])
      .apply(async ([subnetIds, securityGroupIds]) => {
        const [subnets, securityGroups] = await Promise.all([
          readAll(subnetIds, "subnet", (id) => aws.ec2.getSubnet({ id }, opts)),
          readAll(securityGroupIds, "security group", (id) =>
            aws.ec2.getSecurityGroup({ id }, opts),
          ),
        ]);
        const place = { name, subnets: subnets.shown, securityGroups: securityGroups.shown };
        const mistakes = [
          ...under("subnetIds", subnets.mistakes),
          ...under("securityGroupIds", securityGroups.mistakes),
        ];
        return { place, mistakes: under(index, under("onDemand", mistakes)) };
      });
  });
  return pulumi.all(looks).apply((all) => {
    const found = all.filter(isKnown);
    return {
      places: found.map(({ place }) => place),
      mistakes: found.flatMap(({ mistakes }) => mistakes),
    };
  });
}

async function readAll<Shown>(
  ids: string[],
  what: string,
  read: (id: string) => Promise<Shown>,
): Promise<{ shown: (Shown & { id: string })[]; mistakes: Mistake[] }> {
  const mistakes: Mistake[] = [];
  const looks = ids.map(async (id, index) => {
    try {
      return { ...(await read(id)), id };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `is ${id}, which can't be read: ${reason}; write a ${what} of this account and Region`;
      mistakes.push({ path: [index], message });
      return undefined;
    }
  });
  return { shown: (await Promise.all(looks)).filter(isKnown), mistakes };
}

/** What the function is told of pools with settings of their own, by name. */
export function poolSettingsOf(
  pools: ManagedPool[],
  places: OnDemandPlace[],
): Record<string, PoolSettings> {
  const entries = pools.map((pool) => {
    const { name, whenExhausted, detachAfterOtherHooks, enaSrd, enaQueueCount } = pool;
    const place = places.find((one) => one.name === name);
    const onDemand = place && {
      subnetIds: Object.fromEntries(
        place.subnets.map(({ availabilityZone, id }) => [availabilityZone, id]),
      ),
      securityGroupIds: place.securityGroups.map(({ id }) => id),
    };
    const ofAttachments = { detachAfterOtherHooks, enaSrd, enaQueueCount };
    return [name, { whenExhausted, onDemand, ...ofAttachments }] as const;
  });
  return Object.fromEntries(entries);
}

/** The function's environment variables, with the settings of pools as JSON. */
export function variablesOf<Json>(
  { tagKey, poolTags, poolsOfTheirOwn }: Scope,
  whenExhausted: WhenExhausted,
  poolSettings: Json,
): Record<string, string | Json> {
  return {
    [TAG_KEY_VARIABLE]: tagKey,
    [WHEN_EXHAUSTED_VARIABLE]: whenExhausted,
    ...(poolTags === undefined ? {} : { [POOL_TAGS_VARIABLE]: JSON.stringify(poolTags) }),
    ...(poolsOfTheirOwn.length === 0 ? {} : { [POOL_SETTINGS_VARIABLE]: poolSettings }),
  };
}
