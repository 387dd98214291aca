import { type BackboneReport, inspectBackbone } from '@ad/models';
import { Command } from 'commander';
import pc from 'picocolors';
import { bytes, printJson } from '../../output/format.js';

const EXAMPLES = `
Examples:
  ad backbone inspect resnet50.onnx
  ad backbone inspect resnet50.onnx --json | jq '.stages[] | [.name, .channels, .stride]'`;

/** `ad backbone inspect`: which layers a network has, what they cost, what its input wants. */
export function inspect(): Command {
  return new Command('inspect')
    .description('show the layers of a network, what they cost, and what its input wants')
    .argument('<file.onnx>', 'ONNX file, or the name of a backbone')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: { json?: true }) => {
      const report = await inspectBackbone(file);
      if (flags.json) printJson(report);
      else print(report);
    });
}

function print(report: BackboneReport): void {
  const { name, producer, opset, operators, outputs, input, convention, flops, stages, blocks } = report;
  const shape = (axes: readonly (number | string)[] = []) =>
    `[${axes.map((axis) => axis || '?').join(', ')}]`;
  const rows: [string, string][] = [
    [
      'network',
      `${name}  ${bytes(report.bytes)}, ${operators} operators, opset ${opset ?? '?'}${producer && `, written by ${producer}`}`,
    ],
    ['', `sha256 ${report.sha256}`],
    ['input', `${input.name} ${shape(input.shape)}`],
    ['values', `${convention.convention}${convention.guessed ? ` (guessed: ${convention.reason})` : ''}`],
    ['outputs', outputs.map((output) => `${output.name} ${shape(output.shape)}`).join(', ')],
    ['work', `${(flops / 1e9).toFixed(2)} GFLOP for an image of ${input.width} x ${input.height}`],
  ];
  for (const [label, text] of rows) console.log(`${pc.bold(label.padEnd(8))} ${text}`);
  if (stages.length === 0) {
    console.log('No stages were found: name tensors of the graph with --layers.');
    return;
  }
  console.log(pc.bold('\nlayer     channels  stride  grid      work   up to here  receptive field'));
  for (const stage of stages) {
    const { pixels, global } = stage.receptiveField;
    console.log(
      [
        stage.name.padEnd(9),
        String(stage.channels).padStart(8),
        String(stage.stride).padStart(7),
        `  ${stage.width} x ${stage.height}`.padEnd(11),
        percent(stage.share).padStart(5),
        percent(stage.cumulativeShare).padStart(12),
        `  ${global ? `whole image (windows: ${pixels} px)` : `${pixels} px`}`,
      ].join(''),
    );
  }
  if (blocks.length > 0) console.log(`block1 to block${blocks.length} can be named, too.`);
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
