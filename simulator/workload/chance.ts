import type { Group, LifecycleState, Member } from "../aws/autoscaling/group";
import type { Instance, NetworkInterface, Tags } from "../aws/ec2/state";
import { ExpectedState } from "../checkers/expectedState";
import type { Random } from "../runtime/random";
import type { Region } from "../aws/region";

/** Instances outside of any group at a time. */
const MAX_STANDALONE = 2;

/** Draws what the operations of one history are done to, and keeps what they leave to be undone. */
export class Chance {
  /** Instances outside of any group, which are to be gone in the end. */
  readonly standalone: Instance[] = [];
  /** What people took the pool tag from, with the tags that it had. */
  readonly untagged = new Map<Instance | NetworkInterface, Tags>();
  private readonly state: ExpectedState;

  constructor(
    readonly region: Region,
    readonly random: Random,
  ) {
    this.state = new ExpectedState(region);
  }

  index({ length }: readonly unknown[]): number {
    return this.random.between([0, Math.max(0, length - 1)]);
  }

  one<Item>(items: readonly Item[]): Item | undefined {
    return items[this.index(items)];
  }

  get groups(): Group[] {
    return [...this.region.autoScaling.groups.values()];
  }

  /** The interfaces of pools. */
  get interfaces(): NetworkInterface[] {
    const all = [...this.region.ec2.interfaces.values()];
    return all.filter((one) => this.state.poolOf(one) !== undefined);
  }

  /** The instances of pools. */
  private get instances(): Instance[] {
    const all = [...this.region.ec2.instances.values()];
    return all.filter((one) => this.state.poolsOf(one).length > 0);
  }

  get hasRoomForStandalone(): boolean {
    return this.standalone.length < MAX_STANDALONE;
  }

  /** What an instance outside of any group may be like, if there may be another one. */
  sampleForStandalone(): (Pick<Instance, "type" | "subnet"> & { pool: string }) | undefined {
    const [sample] = this.instances;
    const pools = new Set(this.interfaces.flatMap((one) => this.state.poolOf(one) ?? []));
    const pool = this.one([...pools]);
    if (sample === undefined || pool === undefined || !this.hasRoomForStandalone) return undefined;
    return { type: sample.type, subnet: sample.subnet, pool };
  }

  group(): Group | undefined {
    return this.one(this.groups);
  }

  /** A member of any group in a state of its life. */
  member(lifecycleState: LifecycleState): { group: Group; member: Member } | undefined {
    return this.one(
      this.groups.flatMap((group) =>
        membersIn(group, lifecycleState).map((member) => ({ group, member })),
      ),
    );
  }

  /** An instance of a pool. */
  instance(state: Instance["state"]): Instance | undefined {
    return this.one(this.instances.filter((one) => one.state === state));
  }

  /** An interface of a pool that is attached to nothing. */
  freeInterface(isMeant: (one: NetworkInterface) => boolean = () => true) {
    return this.one(this.interfaces.filter((one) => one.attachment === undefined && isMeant(one)));
  }

  /** Whether a group loses its member for good: no other is launched in its place. */
  decrement({ desiredCapacity, minSize }: Group): boolean {
    return desiredCapacity > minSize && this.random.coin();
  }
}

/** Does something if that is possible now; gives in words what it was done to. */
export type Operation = (chance: Chance) => string | undefined;

/** Something that is done to what is drawn, if there is such a thing. */
export function to<Subject>(
  draw: (chance: Chance) => Subject | undefined,
  operate: (chance: Chance, subject: Subject) => string | undefined,
): Operation {
  return (chance) => {
    const subject = draw(chance);
    return subject === undefined ? undefined : operate(chance, subject);
  };
}

export function membersIn({ members }: Group, lifecycleState: LifecycleState): Member[] {
  return [...members.values()].filter((member) => member.lifecycleState === lifecycleState);
}
