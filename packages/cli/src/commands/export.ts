import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AnomalyModel, exportOnnx } from '@ad/models';
import { Command } from 'commander';
import { bytes, printJson } from '../output/format.js';

interface ExportFlags {
  model: string;
  out: string;
  backbone?: string;
  json?: true;
}

const EXAMPLES = `
Examples:
  ad export --model bottle.ad --out bottle.onnx`;

/** `ad export`: a trained model as one ONNX file. */
export function exportModel(): Command {
  return new Command('export')
    .description('write a trained model (stfpm, dfr, ulsad) as one ONNX file: image in, map and score out')
    .requiredOption('--model <name.ad>', 'model folder')
    .requiredOption('--out <file.onnx>', 'file to write')
    .option('--backbone <file.onnx>', 'where the model does not contain its backbone')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run({ model: folder, out, backbone, json }: ExportFlags): Promise<void> {
  const model = await AnomalyModel.load(folder, { backbone });
  try {
    const exported = exportOnnx(model);
    await mkdir(dirname(out), { recursive: true });
    await exported.save(out);
    const { size } = await stat(out);
    const [image] = exported.graph.inputs;
    const outputs = exported.graph.outputs.map(({ name, shape }) => ({ name, shape }));
    if (json) {
      printJson({ file: out, bytes: size, input: { name: image!.name, shape: image!.shape }, outputs });
      return;
    }
    console.log(
      `Saved ${out}, ${bytes(size)}: ${image!.name} [${image!.shape?.join(', ')}] in, ${outputs
        .map(({ name, shape }) => `${name} [${shape?.join(', ')}]`)
        .join(' and ')} out.`,
    );
  } finally {
    await model.close();
  }
}
