import assert from "node:assert/strict";
import { LAUNCH_HOOK_NAME, MADE_FOR_TAG_KEY, TERMINATE_HOOK_NAME } from "../../../handler/names";
import { AUTO_SCALING_VERSION, EC2_VERSION } from "../../../simulator/aws/apiAction";
import type { LifecycleState } from "../../../simulator/aws/autoscaling/group";
import type { Fault } from "../../../simulator/faults";
import type { Instance, NetworkInterface } from "../../../simulator/aws/ec2/state";
import type { Answer } from "../../../simulator/aws/answer";
import { Region } from "../../../simulator/aws/region";
import type { WantedAttachment } from "../../../simulator/refusals";
import { ExpectedState } from "../../../simulator/checkers/expectedState";
import { findUnmet } from "../../../simulator/checkers/liveness";
import { SafetyChecker } from "../../../simulator/checkers/safety";
import { addWaitingGroup, forCalls } from "../aws/calls";
import { launchHook, terminateHook } from "../aws/autoscaling/groups";
import { withPolicy } from "../aws/policyDocuments";
import { exactTimings, subnet } from "../aws/services";
import { deploy } from "../stage";

const poolLaunchHook = { ...launchHook, name: LAUNCH_HOOK_NAME };
const poolTerminateHook = { ...terminateHook, name: TERMINATE_HOOK_NAME };
const othersHook = { ...terminateHook, name: "others" };

const anything = { Sid: "All", Effect: "Allow", Action: ["*"], Resource: "*" };
/** The faults that strike in a situation in which they may. */
const LASTING: unknown[] = ["readStale", "pagesShift", "attachStuck"];

const OTHER_ACCOUNT = "222222222222";
const elsewhere = { id: "subnet-b", vpcId: "vpc-1", availabilityZone: "eu-west-1b" };

/**
 * A Region without a manager, in which a test's phrases come true one after the other. Instances have the
 * names that the phrases give them, and so have addresses: `l` is of the pool licence, all others of cluster.
 */
export class Situation {
  checker: SafetyChecker;
  private readonly instances = new Map<string, Instance>();
  private readonly addresses = new Map<string, NetworkInterface>();
  /** What EC2 refuses to attach: ids of interfaces and instances, and device indexes of instances. */
  readonly refused = new Set<string>();
  /** By ids and addresses as EC2 has them. */
  private readonly names = new Map<string, string>();

  readonly state: ExpectedState;

  private constructor(readonly region: Region) {
    this.checker = new SafetyChecker(region);
    this.state = new ExpectedState(region);
  }

  static async with(test: (situation: Situation) => unknown): Promise<void> {
    const policy = { Version: "2012-10-17", Statement: [anything] };
    const deployment = withPolicy(forCalls(await deploy(), 60), policy);
    const region = await Region.open(deployment, { seed: 1, timings: exactTimings });
    try {
      await test(new Situation(region));
    } finally {
      await region.close();
    }
  }

  /** Lets phrases come true that are parted by commas. */
  async comesTrue(text: string): Promise<void> {
    for (const phrase of text.split(", ").filter((one) => one !== "")) {
      const meant = Object.entries(phrases).flatMap(([pattern, meaning]) => {
        const words = new RegExp(`^${pattern.replaceAll(/\$\w+/g, "(\\S+)")}$`)
          .exec(phrase)
          ?.slice(1);
        return words === undefined ? [] : [() => meaning(this, ...words)];
      });
      const [comeTrue, ...others] = meant;
      assert.ok(comeTrue && others.length === 0, `${meant.length} phrases are like "${phrase}"`);
      await comeTrue();
    }
  }

  /** What was broken, without the moments. */
  broken(): string[] {
    return this.checker.broken.map((text) => this.named(text.replace(/^[\d.]+ s: /, "")));
  }

  /** What is unmet, with its limit; without one it is up to AWS. */
  unmet(): string[] {
    return findUnmet(this.region, this.state).map(({ text, seconds }) =>
      this.named(seconds === Infinity ? text : `${text} (${seconds} s)`),
    );
  }

  named(text: string): string {
    return text.replace(/\b(i|eni)-[\w-]+|\d+(\.\d+){3}/g, (id) => this.names.get(id) ?? id);
  }

  instance(name: string): Instance {
    return this.instances.get(name) ?? assert.fail(`there is no instance ${name}`);
  }

  add(name: string, instance: Instance): void {
    this.instances.set(name, instance);
    this.names.set(instance.id, name);
  }

  /** The id of an instance, which need not exist. */
  idOf(name: string): string {
    const id = this.instances.get(name)?.id ?? `i-${name}`;
    this.names.set(id, name);
    return id;
  }

  async launch(name: string, pool = "cluster", type = "t4g.small", where = subnet): Promise<void> {
    this.add(name, this.region.ec2.runInstance(type, where, this.tag(pool)));
    await this.region.run(5);
  }

  address(name: string): NetworkInterface {
    const pool = poolOf(name);
    const taken = new Set(this.addresses.values());
    const found =
      this.addresses.get(name) ??
      [...this.region.ec2.interfaces.values()].find(
        (one) => one.tags[this.region.tagKey] === pool && !taken.has(one),
      );
    if (found === undefined) throw new Error(`${pool} has no more addresses`);
    this.addresses.set(name, found);
    this.names.set(found.id, name).set(found.address, name);
    return found;
  }

  tag(pool: string): Record<string, string> {
    return pool === "none" ? {} : { [this.region.tagKey]: pool };
  }

  attach(address: string, instance: string): void {
    const { ec2 } = this.region;
    const { id } = this.instance(instance);
    ec2.attachNetworkInterface(this.address(address).id, id, ec2.interfacesOf(id).length, 0);
  }

  /** The primary interface of an instance; its name is that of the instance with `0` after it. */
  primary(instance: string): NetworkInterface {
    const found = this.region.ec2
      .interfacesOf(this.instance(instance).id)
      .find(({ attachment }) => attachment?.deviceIndex === 0);
    if (found === undefined) throw new Error(`${instance} has no primary interface`);
    this.names.set(found.id, `${instance}0`).set(found.address, `${instance}0`);
    return found;
  }

  /** Has EC2 refuse attachments for good. */
  refuse(subject: string): void {
    const { faults } = this.region;
    this.refused.add(subject);
    faults.periods.push({ fault: "placeRefused", share: 0, fromMs: 0, toMs: Infinity });
    const isRefused = ({ networkInterfaceId = "", instanceId, deviceIndex }: WantedAttachment) =>
      [networkInterfaceId, instanceId, `${instanceId}/${deviceIndex}`].some((one) =>
        this.refused.has(one),
      );
    Object.assign(faults, { refuses: isRefused, mayHaveRefused: isRefused });
  }

  get group() {
    return this.region.autoScaling.groupByName("web");
  }

  member(name: string) {
    return this.group.members.get(this.instance(name).id) ?? assert.fail(`${name} is no member`);
  }

  /** Makes a call as a manager would. */
  async call(action: string, parameters: Record<string, string>, isDone = true): Promise<void> {
    const isEc2 = action.includes("NetworkInterface");
    const Version = isEc2 ? EC2_VERSION : AUTO_SCALING_VERSION;
    const body = new URLSearchParams({ Action: action, Version, ...parameters }).toString();
    let answer: Answer | undefined;
    this.region.wire.receive(body, true, (got) => {
      answer = got;
    });
    await this.region.run(1, () => answer !== undefined);
    assert.equal(answer?.refusal === undefined, isDone, answer?.refusal?.code);
  }

  detach(address: string, isDone: boolean, Force = false): Promise<void> {
    const AttachmentId = this.address(address).attachment?.id ?? "eni-attach-none";
    return this.call("DetachNetworkInterface", { AttachmentId, Force: String(Force) }, isDone);
  }

  answer(name: string, LifecycleActionResult: string, hook: string = LAUNCH_HOOK_NAME) {
    return this.call("CompleteLifecycleAction", {
      AutoScalingGroupName: "web",
      LifecycleHookName: hook,
      InstanceId: this.instance(name).id,
      LifecycleActionResult,
    });
  }
}

const poolOf = (address: string) => (address === "l" ? "licence" : "cluster");

type Meaning = (situation: Situation, ...words: string[]) => unknown;

/** What people, EC2 and managers do; managers by calls, all others at once. */
const phrases: Record<string, Meaning> = {
  "$seconds s": (s, seconds) => s.region.run(Number(seconds)),
  "$i runs": (s, i = "") => s.launch(i),
  "$i runs in $pool": (s, i = "", pool) => s.launch(i, pool),
  "$i runs as $type": (s, i = "", type) => s.launch(i, "cluster", type),
  "$i runs elsewhere": (s, i = "") => s.launch(i, "cluster", "t4g.small", elsewhere),
  async "$i runs in a group"(s, i = "") {
    s.add(i, (await addWaitingGroup(s, s.tag("cluster"), poolLaunchHook)).member.instance);
    s.group.hooks.push(poolTerminateHook);
  },
  "$i stops"(s, i = "") {
    s.region.ec2.stopInstance(s.idOf(i));
  },
  "$i starts"(s, i = "") {
    s.region.ec2.startInstance(s.idOf(i));
  },
  "$i is terminated"(s, i = "") {
    s.region.ec2.terminateInstance(s.idOf(i));
  },
  "$i is pending": (s, i = "") => (s.instance(i).state = "pending"),
  "$i vanishes": (s, i = "") => s.region.ec2.instances.delete(s.idOf(i)),
  async "$i holds $a"(s, i = "", a = "") {
    if (!s.region.ec2.instances.has(s.idOf(i))) await s.launch(i, poolOf(a));
    s.attach(a, i);
    await s.region.run(1);
  },
  "$a attaches to $i"(s, a = "", i = "") {
    s.attach(a, i);
  },
  "$a is detached by hand"(s, a = "") {
    s.region.ec2.detachNetworkInterface(s.address(a).attachment?.id ?? "", false);
  },
  "instance $i is in $pool"(s, i = "", pool = "") {
    s.region.ec2.setTags(s.instance(i), s.tag(pool));
  },
  "$a is in $pool"(s, a = "", pool = "") {
    s.region.ec2.setTags(s.address(a), s.tag(pool));
  },
  "$a of $pool is made for $i"(s, a = "", pool = "", i = "") {
    s.region.ec2.setTags(s.address(a), { ...s.tag(pool), [MADE_FOR_TAG_KEY]: s.idOf(i) });
  },
  async "another account holds $a"(s, a = "") {
    const { ec2 } = s.region;
    s.add("other", ec2.runInstance("t4g.micro", subnet, {}, { ownerId: OTHER_ACCOUNT }));
    await s.region.run(5);
    s.attach(a, "other");
    await s.region.run(1);
  },
  "$i has its tags on its primary interface"(s, i = "") {
    s.region.ec2.setTags(s.primary(i), s.instance(i).tags);
  },
  "$a of another stack is attached to $i"(s, a = "", i = "") {
    s.region.ec2.setTags(s.address(a), s.tag("theirs"));
    s.attach(a, i);
    return s.region.run(1);
  },
  "EC2 refuses address $a": (s, a = "") => {
    s.refuse(s.address(a).id);
  },
  "EC2 refuses instance $i": (s, i = "") => {
    s.refuse(s.instance(i).id);
  },
  "EC2 refuses index $index of $i": (s, index = "", i = "") => {
    s.refuse(`${s.instance(i).id}/${index}`);
  },
  "EC2 refuses nothing any more": (s) => {
    s.region.faults.refuses = () => false;
  },
  "$pool may be had without": (s, pool) => {
    s.state.hasStandbys = (one) => one === pool;
  },
  "EC2 has shown no instance for $seconds s"({ region: { faults, clock } }, seconds) {
    faults.emptiedRead = "DescribeInstances";
    faults.emptyFor = { fromMs: clock.nowMs - Number(seconds) * 1000, toMs: clock.nowMs };
  },
  "another invocation begins"({ region: { lambda } }) {
    lambda?.invocations.push({ event: {}, beginMs: 0, endMs: 0 });
  },
  "web has a hook of others": (s) => s.group.hooks.push(othersHook),
  "others let $i end": (s, i = "") => s.answer(i, "CONTINUE", othersHook.name),
  "there is an address elsewhere"({ region }) {
    const place = { subnet: elsewhere, address: "10.1.0.9", macAddress: "02:00:00:00:00:09" };
    const tags = { [region.tagKey]: "cluster" };
    region.ec2.createNetworkInterface({ id: "eni-b", ...place, tags });
  },
  "$i is replaced"(s, i = "") {
    s.region.autoScaling.replaceInstance(s.idOf(i));
  },
  "web wants nobody": (s) => (s.group.desiredCapacity = 0),
  "web has no pool": (s) => (s.group.tags = {}),
  "$i is set to $state": (s, i = "", to) => (s.member(i).lifecycleState = to as LifecycleState),
  "$i enters $state"(s, i = "", to) {
    s.member(i).lifecycleState = to as LifecycleState;
    s.region.autoScaling.updateGroup("web", {});
  },
  "$fault may strike"(s, fault) {
    const times = { share: 1, fromMs: 0, toMs: LASTING.includes(fault) ? Infinity : 0 };
    s.region.faults.periods.push({ fault: fault as Fault, ...times });
  },
  "another checker begins": (s) => (s.checker = new SafetyChecker(s.region)),
  "manager detaches $a": (s, a = "") => s.detach(a, true),
  "manager detaches $a by force": (s, a = "") => s.detach(a, true, true),
  "EC2 refuses to detach $a": (s, a = "") => s.detach(a, false),
  "EC2 refuses to detach the primary of $i"(s, i = "") {
    const AttachmentId = s.primary(i).attachment?.id ?? "";
    return s.call("DetachNetworkInterface", { AttachmentId, Force: "false" }, false);
  },
  "manager continues $i": (s, i = "") => s.answer(i, "CONTINUE"),
  "manager abandons $i": (s, i = "") => s.answer(i, "ABANDON"),
  "manager lets $i end": (s, i = "") => s.answer(i, "CONTINUE", TERMINATE_HOOK_NAME),
  "manager attaches $a to $i"(s, a = "", i = "") {
    const ids = { NetworkInterfaceId: s.address(a).id, InstanceId: s.idOf(i) };
    return s.call("AttachNetworkInterface", { ...ids, DeviceIndex: "1" });
  },
  "manager deletes $a": (s, a = "") =>
    s.call("DeleteNetworkInterface", { NetworkInterfaceId: s.address(a).id }),
  "manager changes $a": (s, a = "") =>
    s.call("ModifyNetworkInterfaceAttribute", {
      NetworkInterfaceId: s.address(a).id,
      "Attachment.AttachmentId": s.address(a).attachment?.id ?? "",
      "Attachment.DeleteOnTermination": "true",
    }),
};
