import { addBackbone, type InputConvention } from '@ad/models';
import { Command, Option } from 'commander';
import { addRegistrationOptions, printAdded, type RegistrationFlags } from './registration.js';

interface AddFlags extends RegistrationFlags {
  normalize: InputConvention;
  origin?: string;
}

const EXAMPLES = `
Examples:
  ad backbone add wrn50 wide_resnet50_2.onnx --normalize imagenet --license BSD-3-Clause --origin torchvision
  ad fit --data ./bottle --out bottle.ad --backbone wrn50`;

/** `ad backbone add`: a name for an ONNX file. */
export function add(): Command {
  const command = new Command('add')
    .description("copy an ONNX file into the user's data folder, under a name")
    .argument('<name>', 'what to call it')
    .argument('<file.onnx>', 'the file');
  const normalize = new Option('--normalize <values>', 'what values its input wants').makeOptionMandatory();
  return addRegistrationOptions(command, normalize)
    .option('--origin <text>', 'where the file came from')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, file: string, flags: AddFlags) => {
      const { normalize: convention, license, origin, replace } = flags;
      printAdded(
        await addBackbone(name, file, { convention, license, origin, replace }),
        flags.json === true,
      );
    });
}
