import type { Group, LifecycleState, Member } from "../aws/autoscaling/group";
import type { Instance, NetworkInterface, Tags } from "../aws/ec2/state";
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

  constructor(
    readonly region: Region,
    readonly random: Random,
  ) {}

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
    const { ec2, tagKey } = this.region;
    return [...ec2.interfaces.values()].filter(({ tags }) => tagKey in tags);
  }

  get hasRoomForStandalone(): boolean {
    return this.standalone.length < MAX_STANDALONE;
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
    const { tagKey, ec2 } = this.region;
    const ofPools = [...ec2.instances.values()].filter(({ tags }) => tagKey in tags);
    return this.one(ofPools.filter((one) => one.state === state));
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

export function membersIn({ members }: Group, lifecycleState: LifecycleState): Member[] {
  return [...members.values()].filter((member) => member.lifecycleState === lifecycleState);
}
