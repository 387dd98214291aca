import { cutBackbone } from '@ad/models';
import { Command } from 'commander';
import { layersOption } from '../../options.js';
import { bytes, printJson } from '../../output/format.js';

interface CutFlags {
  layers: string[];
  out: string;
  json?: true;
}

const EXAMPLES = `
Examples:
  ad backbone cut wide_resnet50_2.onnx --layers layer2,layer3 --out wrn50.onnx
  ad fit --data ./bottle --out bottle.ad --backbone wrn50.onnx`;

/** `ad backbone cut`: the part of a network that makes some layers. */
export function cut(): Command {
  return new Command('cut')
    .description('write the part of a network that makes some layers as a file of its own')
    .argument('<file.onnx>', 'ONNX file, or the name of a backbone')
    .addOption(layersOption().makeOptionMandatory())
    .requiredOption('--out <file.onnx>', 'where to write')
    .option('--json', 'print one JSON document on stdout and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: CutFlags) => {
      const report = await cutBackbone(file, flags.layers, flags.out);
      if (flags.json) {
        printJson(report);
        return;
      }
      for (const { name, channels, stride, tensor } of report.layers) {
        console.log(`${name}  ${channels ?? '?'} channels, stride ${stride ?? '?'}  ${tensor}`);
      }
      const saved = ({ before, after }: { before: number; after: number }) =>
        before > 0 ? `${Math.round(100 * (1 - after / before))} % less` : 'nothing to save';
      const giga = (flops: number) => (flops / 1e9).toFixed(2);
      const { bytes: size, flops, free } = report;
      console.log(`size  ${bytes(size.before)} -> ${bytes(size.after)}, ${saved(size)}`);
      console.log(`work  ${giga(flops.before)} -> ${giga(flops.after)} GFLOP an image, ${saved(flops)}`);
      console.log(
        `takes ${free.batch ? 'any number of images' : 'one image at a time'}, ${free.size ? 'of any size' : 'of one size'}`,
      );
    });
}
