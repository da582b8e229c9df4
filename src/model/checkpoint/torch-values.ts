/**
 * What a `pytorch_model.bin` may refer to: the allow-list of Python names, and the descriptions of storages and tensors
 * that they stand for. Every number is checked here, so that a tensor described later surely lies inside its storage.
 */
import { UserError } from '../../errors.js';
import { shown } from '../../util/lenient-json.js';
import { PickleGlobal, type PickleRules } from './pickle.js';

/** Names of types as in safetensors; those that are no floats may lie in a file as long as nobody reads them. */
const STORAGE_TYPES: Record<string, string> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const FUNCTIONS = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
];

/** A run of elements in an entry of the zip; several tensors may share one. */
export class TorchStorage {
  constructor(
    readonly type: string,
    /** Name of the entry in the folder `data`. */
    readonly key: string,
    /** Elements. */
    readonly length: number,
  ) {}
}

/** A view of a storage: element (i, j, ...) lies at offset + i * strides[0] + j * strides[1] + ... */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    /** Elements. */
    readonly offset: number,
    readonly shape: readonly number[],
    /** Elements. */
    readonly strides: readonly number[],
  ) {}
}

/** The rules for reading `file`; anything not on the allow-list is a UserError. */
export function torchPickleRules(file: string): PickleRules {
  const fail = (found: string, expected: string): never => {
    throw new UserError(`${file}: pickle: found ${found}, expected ${expected}`);
  };
  const allowed = [...FUNCTIONS, ...Object.keys(STORAGE_TYPES)];
  return {
    checkGlobal(name) {
      if (!allowed.includes(name))
        fail(`a reference to ${shown(name)}`, `only tensors (${allowed.join(', ')}); nothing was executed`);
    },
    call(name, args) {
      switch (name) {
        case 'collections.OrderedDict':
          if (args.length > 0) fail('an OrderedDict with arguments', 'an empty one that is filled');
          return new Map();
        case 'torch._utils._rebuild_parameter':
          return args[0] instanceof TorchTensor ? args[0] : fail('a parameter without a tensor', 'one');
        case 'torch._utils._rebuild_tensor_v2':
          return rebuildTensor(args, fail);
        default:
          return fail(`a call of ${name}`, FUNCTIONS.join(' or '));
      }
    },
    persistent(id) {
      const [kind, type, key, , length] = Array.isArray(id) ? id : [];
      const weightType = type instanceof PickleGlobal ? STORAGE_TYPES[type.name] : undefined;
      if (kind !== 'storage' || !weightType || typeof key !== 'string' || !isCount(length)) {
        return fail('an unknown persistent id', "('storage', type, key, location, length)");
      }
      return new TorchStorage(weightType, key, length);
    },
  };
}

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;

function rebuildTensor(args: unknown[], fail: (found: string, expected: string) => never): TorchTensor {
  const [storage, offset, shape, strides] = args;
  const isCounts = (v: unknown): v is number[] => Array.isArray(v) && v.length <= 8 && v.every(isCount);
  if (!(storage instanceof TorchStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    return fail('a damaged tensor', '(storage, offset, shape, strides)');
  }
  const elements = shape.reduce((n, size) => n * size, 1);
  const last = offset + shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], 0);
  // A shape larger than its storage (stride 0) is legal PyTorch, but no weight is like that, and it would let a small
  // file ask for any amount of memory.
  if (
    shape.length !== strides.length ||
    elements > storage.length ||
    (elements > 0 && !(last < storage.length))
  ) {
    return fail(
      `a tensor of shape [${shape}], strides [${strides}], offset ${offset}`,
      `one inside its storage of ${storage.length} elements`,
    );
  }
  return new TorchTensor(storage, offset, [...shape], [...strides]);
}
