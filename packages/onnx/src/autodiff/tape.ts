/** Attributes of a node; `{ float }` marks a real number, since 1 and 1.0 are one value in TypeScript and two types in ONNX. */
export type Attributes = Record<string, number | string | readonly number[] | { float: number }>;

/** A node as it is emitted: an ONNX operator of opset 18. */
export interface EmittedNode {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes: Attributes;
}

/** What a constant holds: int64 for shapes and indices, float32 for everything else. */
export interface Constant {
  data: Float32Array | BigInt64Array;
  shape: readonly number[];
}

/** A tensor of the graph under construction; its shape is fixed. */
export class Value {
  constructor(
    readonly tape: Tape,
    readonly name: string,
    readonly shape: readonly number[],
  ) {}

  /** How many numbers it has. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

/** Numbers in a tensor of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * A vector-Jacobian product: from the gradient of the output, those of the inputs. Inputs that are not `needed` get
 * null, so that nothing is emitted for them.
 */
export type Vjp = (gradient: Value, needed: readonly boolean[]) => (Value | null)[];

interface Step {
  inputs: readonly Value[];
  output: Value;
  vjp: Vjp;
}

/** Constants up to this size are shared where they are equal. */
const SHARED_CONSTANT = 256;

/**
 * A graph of ONNX operators with static shapes that remembers how to differentiate itself. Operators (`ops/`) emit
 * their nodes here and record one vector-Jacobian product each; {@link Tape.gradients} walks the record backwards.
 *
 * @example
 * const tape = new Tape();
 * const x = tape.input('x', [8, 3]);
 * const loss = mean(square(x));
 * const dx = tape.gradients(loss, [x])[0]!; // 2 x / 24
 * tape.output(dx, 'dx');
 */
export class Tape {
  readonly nodes: EmittedNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #steps: Step[] = [];
  readonly #shared = new Map<string, Value>();
  #names = 0;

  /** A tensor that is fed. */
  input(name: string, shape: readonly number[]): Value {
    const value = new Value(this, name, [...shape]);
    this.inputs.push(value);
    return value;
  }

  /** Names a tensor that is fetched. */
  output(value: Value, name: string): Value {
    this.nodes.push({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    const named = new Value(this, name, value.shape);
    this.outputs.push(named);
    return named;
  }

  /** Numbers that are part of the graph. `shape` [] is a scalar. */
  constant(data: ArrayLike<number>, shape: readonly number[]): Value {
    return this.#constant({ data: Float32Array.from(data), shape });
  }

  /** One number. */
  scalar(value: number): Value {
    return this.constant([value], []);
  }

  /** An optional input of a node that is left out. */
  get none(): Value {
    return new Value(this, '', []);
  }

  /** Whole numbers: shapes, axes, indices. */
  integers(values: readonly number[]): Value {
    return this.#constant({ data: BigInt64Array.from(values, BigInt), shape: [values.length] });
  }

  /** Appends a node; `shapes` are those of its outputs. */
  emit(
    op: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes: Attributes = {},
  ): Value[] {
    const outputs = shapes.map((shape) => new Value(this, this.#name(), shape));
    this.nodes.push({
      op,
      inputs: inputs.map(({ name }) => name),
      outputs: outputs.map(({ name }) => name),
      attributes,
    });
    return outputs;
  }

  /** Remembers how `output` depends on `inputs`. */
  record(inputs: readonly Value[], output: Value, vjp: Vjp): Value {
    this.#steps.push({ inputs, output, vjp });
    return output;
  }

  /**
   * Emits the gradients of a loss of one number: reverse mode, each recorded step once. Only what lies between `wrt`
   * and the loss is visited.
   *
   * @returns one gradient per value of `wrt`, in its shape; null where the loss does not depend on it
   */
  gradients(loss: Value, wrt: readonly Value[]): (Value | null)[] {
    const steps = [...this.#steps];
    const depends = new Set(wrt);
    for (const { inputs, output } of steps)
      if (inputs.some((input) => depends.has(input))) depends.add(output);
    const found = new Map<Value, Value>([[loss, this.constant(new Array(loss.size).fill(1), loss.shape)]]);
    for (const { inputs, output, vjp } of steps.reverse()) {
      const gradient = found.get(output);
      if (!gradient || !depends.has(output)) continue;
      const parts = vjp(
        gradient,
        inputs.map((input) => depends.has(input)),
      );
      for (const [i, part] of parts.entries()) {
        if (!part) continue;
        const input = inputs[i]!;
        const known = found.get(input);
        found.set(input, known ? this.emit('Add', [known, part], [input.shape])[0]! : part);
      }
    }
    return wrt.map((value) => found.get(value) ?? null);
  }

  #constant(constant: Constant): Value {
    const small = constant.data.length <= SHARED_CONSTANT;
    const key = small
      ? `${constant.data.constructor.name}[${constant.shape}]${constant.data.join()}`
      : this.#name();
    const known = this.#shared.get(key);
    if (known) return known;
    const value = new Value(this, this.#name(), constant.shape);
    this.constants.set(value.name, constant);
    this.#shared.set(key, value);
    return value;
  }

  #name(): string {
    return `%${this.#names++}`;
  }
}
