/** A Pulumi program, and the project that its configuration is of. */
export interface Program {
  project: string;
  /** Loads it as Pulumi does, when its engine is there. */
  load(): Promise<() => object | Promise<object>>;
}

/** The real program of this repository. */
export const thisProgram: Program = {
  project: "network-interface-pool",
  load: async () => (await import("../../index")).default,
};
