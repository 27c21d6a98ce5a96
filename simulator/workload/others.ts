import type { NetworkInterface } from "../aws/ec2/state";
import { type Group, LAUNCHING, TERMINATING } from "../aws/autoscaling/group";
import type { Region } from "../aws/region";
import { type Chance, type Operation, to } from "./chance";
import { makeNoise } from "./noise";

/** The pool of another stack in the same account and Region, which has a manager of its own. */
const OTHER_STACK = "elsewhere";
const OTHER_STACK_SIZE = 3;
const OTHER_ACCOUNT = "210987654321";
const OTHERS_HOOK = "drain";
const OTHERS_HOOK_SECONDS = 300;

const SEEDS = [0, 0xffff] as const;
const STRANGERS = [3, 12] as const;
const BURSTS = { seconds: 2, burstSize: 5, lifeMs: [30_000, 50_000] } as const;
/** For so long another account has an interface, and a primary interface the tags of its instance. */
const LENT_MS = [10_000, 200_000] as const;
const COPIED_MS = [10_000, 120_000] as const;
/** So long after its launch an instance is given its tag. */
const TAGGED_AFTER_MS = [1_000, 60_000] as const;
/** For so long a group has the hook of others, and as often they let go whom it holds. */
const HOOKED_MS = [60_000, 200_000] as const;
const LET_GO_MS = [1_000, 60_000] as const;

/** What others do in the same account, who know nothing of the pools, by name. */
export const othersOperations: Record<string, Operation> = {
  "strangers start"({ region, random }) {
    const count = random.between(STRANGERS);
    makeNoise(region, { ...BURSTS, seed: random.between(SEEDS), count });
    return `${count} of them`;
  },
  "another stack starts"({ region, random }) {
    const interfaces = interfacesOfOtherStack(region);
    const count = interfaces.length;
    makeNoise(region, { ...BURSTS, seed: random.between(SEEDS), count, interfaces });
    return `${count} instances`;
  },
  "lend to another account": to(
    (chance) => chance.freeInterface((one) => chance.region.ec2.isReady(one)),
    ({ region, random }, { id, address }) => {
      const holder = region.ec2.lendInterface(id, OTHER_ACCOUNT);
      region.clock.after(random.between(LENT_MS), () => {
        giveBack(region, id, holder.id);
      });
      return `${address} to ${holder.id}`;
    },
  ),
  "copy the tags of": to(
    (chance) => chance.instance("running"),
    ({ region: { ec2, clock, tagKey }, random }, { id, tags }) => {
      const primary = ec2.interfacesOf(id).find(({ attachment }) => attachment?.deviceIndex === 0);
      if (primary === undefined || tagKey in primary.tags) return undefined;
      const { tags: before } = primary;
      const copied = Object.entries(tags).filter(([key]) => !key.startsWith("aws:"));
      ec2.setTags(primary, { ...before, ...Object.fromEntries(copied) });
      clock.after(random.between(COPIED_MS), () => {
        if (ec2.interfaces.has(primary.id)) ec2.setTags(primary, before);
      });
      return `${id} to its primary interface`;
    },
  ),
  "give a hook of others to": to(
    (chance) => chance.group(),
    (chance, group) => {
      const { region, random } = chance;
      if (group.hooks.some(({ name }) => name === OTHERS_HOOK)) return undefined;
      const transition = random.coin() ? LAUNCHING : TERMINATING;
      region.autoScaling.putLifecycleHook(group.name, {
        name: OTHERS_HOOK,
        transition,
        heartbeatTimeoutSeconds: OTHERS_HOOK_SECONDS,
        defaultResult: "CONTINUE",
      });
      region.clock.after(random.between(HOOKED_MS), () => {
        group.hooks = group.hooks.filter(({ name }) => name !== OTHERS_HOOK);
      });
      letGoNowAndThen(chance, group);
      return `${group.name}, ${transition}`;
    },
  ),
  "launch by hand and tag later"(chance) {
    const { region, random } = chance;
    const { ec2, clock, tagKey } = region;
    const sample = chance.sampleForStandalone();
    if (sample === undefined) return undefined;
    const { type, subnet, pool } = sample;
    const instance = ec2.runInstance(type, subnet, {});
    chance.standalone.push(instance);
    clock.after(random.between(TAGGED_AFTER_MS), () => {
      if (instance.state === "shutting-down" || instance.state === "terminated") return;
      ec2.setTags(instance, { ...instance.tags, [tagKey]: pool });
    });
    return `${instance.id} for ${pool}`;
  },
};

function interfacesOfOtherStack({ ec2, deployment, tagKey }: Region): NetworkInterface[] {
  return Array.from({ length: OTHER_STACK_SIZE }, (_, index) => {
    const id = `eni-${OTHER_STACK}-${index}`;
    const [subnet] = deployment.subnets;
    if (!ec2.interfaces.has(id) && subnet !== undefined) {
      const tags = { [tagKey]: OTHER_STACK };
      const place = {
        subnet,
        address: `10.255.0.${index}`,
        macAddress: `06:ff:00:00:00:0${index}`,
      };
      ec2.createNetworkInterface({ id, ...place, tags });
    }
    return ec2.interfaceById(id);
  });
}

/** The other account takes its instance off what it was lent, whatever became of the attachment. */
function giveBack({ ec2 }: Region, id: string, holderId: string): void {
  const attachment = ec2.interfaces.get(id)?.attachment;
  if (attachment?.instanceId === holderId) ec2.detachNetworkInterface(attachment.id, true);
  ec2.terminateInstance(holderId);
}

/** Lets go, again and again, whom the hook of others holds, until there is neither hook nor holding. */
function letGoNowAndThen(chance: Chance, group: Group): void {
  const { region, random } = chance;
  region.clock.after(random.between(LET_GO_MS), () => {
    const actions = [...group.members.values()].flatMap(({ waiting }) =>
      (waiting?.actions ?? []).filter(({ hook }) => hook.name === OTHERS_HOOK),
    );
    for (const { token } of actions) {
      region.autoScaling.completeLifecycleAction(group.name, OTHERS_HOOK, { token }, "CONTINUE");
    }
    const isThere = group.hooks.some(({ name }) => name === OTHERS_HOOK);
    if (isThere || actions.length > 0) letGoNowAndThen(chance, group);
  });
}
