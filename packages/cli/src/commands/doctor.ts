import { availableParallelism, totalmem } from 'node:os';
import { AdError, Backbone, cpuInfo, cudaInfo, EMBEDDED_BACKBONE, runtimeInfo } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { bytes, printJson } from '../output/format.js';

/** One thing that was looked at. `missing` is optional, `broken` is not. */
interface Finding {
  name: string;
  state: 'ok' | 'missing' | 'broken';
  found: string;
  /** The command or step that adds what is missing. */
  remedy?: string;
}

/** `ad doctor`: what this machine has, what is missing, and what adds it. */
export function doctor(): Command {
  return new Command('doctor')
    .description('show what this machine has, and the command that adds what is missing')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', '\nExamples:\n  ad doctor\n  ad doctor --json')
    .action(run);
}

async function run(flags: { json?: true }): Promise<void> {
  const findings = [node(), machine(), native(), ...runtime(), await cuda(), await embedded()];
  if (flags.json) printJson({ findings });
  else for (const finding of findings) print(finding);
  const broken = findings.filter((finding) => finding.state === 'broken');
  if (broken.length > 0) {
    throw new AdError(
      'E_NATIVE_LOAD',
      `Not usable as it is: ${broken.map((b) => b.name).join(', ')}.`,
      broken[0]!.remedy,
    );
  }
}

function print({ name, state, found, remedy }: Finding): void {
  const mark = { ok: pc.green('✓'), missing: pc.dim('·'), broken: pc.red('✗') }[state];
  console.log(`${mark} ${name.padEnd(18)} ${found}`);
  if (remedy) console.log(`  ${' '.repeat(18)} ${pc.dim(remedy)}`);
}

function node(): Finding {
  return { name: 'node', state: 'ok', found: `${process.version} ${process.platform}-${process.arch}` };
}

function machine(): Finding {
  const memory = `${bytes(totalmem())} memory, ${bytes(process.availableMemory())} available`;
  return { name: 'machine', state: 'ok', found: `${availableParallelism()} threads, ${memory}` };
}

function native(): Finding {
  try {
    const { level, detected } = cpuInfo();
    const forced = level === detected ? '' : `, forced by AD_SIMD_LEVEL (the CPU has ${detected})`;
    return { name: 'native kernels', state: 'ok', found: `${level}${forced}` };
  } catch (error) {
    const { message, hint } = error as AdError;
    return { name: 'native kernels', state: 'broken', found: message, remedy: hint ?? 'pnpm build' };
  }
}

function runtime(): Finding[] {
  const { onnxruntime, providers, selectable, sharp, libvips } = runtimeInfo();
  const others = selectable.filter((provider) => !providers.includes(provider)).join(', ');
  const found = `${onnxruntime}, providers: ${providers.join(', ')}${others && `; with libraries of their own: ${others}`}`;
  return [
    { name: 'onnxruntime', state: 'ok', found },
    { name: 'sharp', state: 'ok', found: `${sharp}, libvips ${libvips}` },
  ];
}

async function cuda(): Promise<Finding> {
  const name = 'cuda';
  try {
    const { state, reason, remedy, ...device } = await cudaInfo();
    if (state === 'usable') {
      const { totalBytes = 0, freeBytes = 0, computeCapability, driver } = device;
      const memory = `${bytes(totalBytes)} memory, ${bytes(freeBytes)} free`;
      const found = `${device.name}, compute capability ${computeCapability}, ${memory}, driver for CUDA ${driver}`;
      return { name, state: 'ok', found };
    }
    return {
      name,
      state: 'missing',
      found: `${reason}; kernels compute on the CPU`,
      ...(remedy && { remedy }),
    };
  } catch {
    return { name, state: 'missing', found: 'not looked for: the native kernels could not be loaded' };
  }
}

async function embedded(): Promise<Finding> {
  try {
    const backbone = await Backbone.open(EMBEDDED_BACKBONE);
    await backbone.close();
    const layers = backbone.layers.map((layer) => `${layer.name} (${layer.channels})`).join(', ');
    return { name: 'embedded backbone', state: 'ok', found: `${backbone.name}: ${layers}` };
  } catch (error) {
    const { message, hint } = error as AdError;
    return { name: 'embedded backbone', state: 'broken', found: message, remedy: hint ?? 'pnpm build' };
  }
}
