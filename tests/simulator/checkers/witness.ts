import type { Group } from "../../../simulator/aws/autoscaling/group";
import { AUTO_SCALING_VERSION, EC2_VERSION } from "../../../simulator/aws/apiAction";
import type { Instance, NetworkInterface, Subnet } from "../../../simulator/aws/ec2/ec2";
import { SafetyChecker } from "../../../simulator/checkers/safety";
import { Region } from "../../../simulator/aws/region";
import type { Answer } from "../../../simulator/aws/answer";
import { addWaitingGroup, type CallOptions, forCalls } from "../aws/calls";
import { withPolicy } from "../aws/policyDocuments";
import { launchHook, terminateHook } from "../aws/autoscaling/groups";
import { exactTimings, subnet } from "../aws/services";
import { deploy } from "../stage";

/** A Region without a manager, its witness, and a caller who may do everything. */
export interface Witness {
  region: Region;
  promises: SafetyChecker;
  /** What was broken, without the moments. */
  broken: () => string[];
  /** What is open: each end with its limit in seconds. */
  open: () => string[];
  /** An interface of a pool of the stack, each time another. */
  address: (pool?: string) => NetworkInterface;
  /** Launches an instance, of a pool unless it is "", and waits until it runs. */
  launch: (pool?: string, type?: string, where?: Subnet) => Promise<Instance>;
  /** Attaches an interface by hand and waits until it is attached. */
  attach: (one: NetworkInterface, instance: Instance, deviceIndex?: number) => Promise<void>;
  /** A holder that runs, with an address of its pool. */
  hold: (pool?: string, type?: string) => Promise<{ one: NetworkInterface; instance: Instance }>;
  tag: (pool: string) => Record<string, string>;
  /** Creates a group whose instance waits in its launch hook. */
  addGroup: (pool?: string) => Promise<{ group: Group; instance: Instance }>;
  /** Makes a call as a manager would, and waits for the answer's code. */
  call: (action: string, parameters: Record<string, string>) => Promise<string>;
  detach: (one: NetworkInterface, force?: boolean) => Promise<string>;
}

const everything = {
  Version: "2012-10-17",
  Statement: [{ Sid: "All", Effect: "Allow", Action: ["*"], Resource: "*" }],
};

export async function withWitness(
  test: (witness: Witness) => Promise<void>,
  { faults, timings }: Pick<CallOptions, "faults" | "timings"> = {},
): Promise<void> {
  const deployment = withPolicy(forCalls(await deploy(), 60), everything);
  const all = { ...exactTimings, ...timings };
  const region = await Region.open(deployment, { seed: 1, timings: all, faults });
  const { ec2, tagKey } = region;
  const given = new Set<string>();
  const promises = new SafetyChecker(region);
  const tag = (pool: string): Record<string, string> => (pool === "" ? {} : { [tagKey]: pool });
  const address = (pool = "cluster") => {
    const found = [...ec2.interfaces.values()].find(
      ({ id, tags }) => tags[tagKey] === pool && !given.has(id),
    );
    if (found === undefined) throw new Error(`${pool} has no more addresses`);
    given.add(found.id);
    return found;
  };
  const launch = async (pool = "cluster", type = "t4g.small", where = subnet) => {
    const instance = ec2.runInstance(type, where, tag(pool));
    await region.run(all.start[1] / 1000);
    return instance;
  };
  const attach = async (one: NetworkInterface, instance: Instance, deviceIndex = 1) => {
    ec2.attachNetworkInterface(one.id, instance.id, deviceIndex, 0);
    await region.run(all.attach[1] / 1000);
  };
  const call = async (action: string, parameters: Record<string, string>) => {
    const isEc2 = action.includes("NetworkInterface");
    const Version = isEc2 ? EC2_VERSION : AUTO_SCALING_VERSION;
    const body = new URLSearchParams({ Action: action, Version, ...parameters }).toString();
    let answer: Answer | undefined;
    region.wire.receive(body, true, (got) => {
      answer = got;
    });
    await region.run(1, () => answer !== undefined);
    return answer?.refusal?.code ?? String(answer?.status);
  };
  try {
    await test({
      region,
      promises,
      broken: () => promises.broken.map((text) => text.replace(/^[\d.]+ s: /, "")),
      open: () => promises.unmetPromises().map(({ text, seconds }) => `${text} (${seconds} s)`),
      address,
      launch,
      attach,
      hold: async (pool = "cluster", type) => {
        const [one, instance] = [address(pool), await launch(pool, type)];
        await attach(one, instance);
        return { one, instance };
      },
      tag,
      addGroup: async (pool = "cluster") => {
        const { member } = await addWaitingGroup({ region }, tag(pool));
        const group = region.autoScaling.groupByName("web");
        group.hooks.push(terminateHook);
        return { group, instance: member.instance };
      },
      call,
      detach: (one, force = false) => {
        const AttachmentId = one.attachment?.id ?? "eni-attach-none";
        return call("DetachNetworkInterface", { AttachmentId, Force: String(force) });
      },
    });
  } finally {
    await region.close();
  }
}

/** The parameters by which a launch is told to go on, or not to. */
export const completion = ({ id }: Instance, LifecycleActionResult: string) => ({
  AutoScalingGroupName: "web",
  LifecycleHookName: launchHook.name,
  InstanceId: id,
  LifecycleActionResult,
});
