/** The RTL sources of a project: which file holds which module, and which files a module needs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { UserError } from '../../errors.js';

/** Folder of the RTL in a project, and of the modules in it that are the same in every project. */
export const rtlFolder = 'rtl';
export const libraryFolder = 'rtl/lib';

export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly modules: readonly string[];
  readonly isLibrary: boolean;
}

/** The sources of a project, by path. */
export class Sources {
  private readonly fileOf = new Map<string, SourceFile>();

  constructor(readonly files: readonly SourceFile[]) {
    for (const file of files) for (const module of file.modules) this.fileOf.set(module, file);
  }

  /** Every module, in the order of files. */
  get modules(): string[] {
    return [...this.fileOf.keys()];
  }

  /** The file of a module. Throws UserError where there is none. */
  file(module: string): SourceFile {
    const found = this.fileOf.get(module);
    if (!found) throw new UserError(`${rtlFolder}: has no module ${module}`);
    return found;
  }

  /** Files with a module and everything it may instantiate, itself first. */
  closure(module: string): SourceFile[] {
    const found = new Set<SourceFile>([this.file(module)]);
    for (const file of found) for (const name of this.mentioned(file)) found.add(this.file(name));
    return [...found];
  }

  /** Whether it instantiates modules of the project's own, not of the library: then these are units, and it is what joins them. */
  isContainer(module: string): boolean {
    return this.mentioned(this.file(module)).some((name) => !this.file(name).isLibrary);
  }

  /** Modules of other files whose names stand in a file outside comments. */
  private mentioned(file: SourceFile): string[] {
    const words = new Set(withoutComments(file.text).match(/[A-Za-z_]\w*/g));
    return this.modules.filter((name) => words.has(name) && this.fileOf.get(name) !== file);
  }
}

/** Reads a project's sources. Throws UserError where there are none. */
export function readSources(project: string): Sources {
  const folder = join(resolve(project), rtlFolder);
  if (!existsSync(folder))
    throw new UserError(`${folder}: not found; expected the RTL of an emitted project`);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sv'))
    .map((path) => `${rtlFolder}/${path.split(sep).join('/')}`)
    .sort();
  return new Sources(
    paths.map((path) => sourceFile(path, readFileSync(join(resolve(project), path), 'utf8'))),
  );
}

export function sourceFile(path: string, text: string): SourceFile {
  const modules = [...withoutComments(text).matchAll(/^\s*module\s+(\w+)/gm)].map((match) => match[1]);
  return { path, text, modules, isLibrary: path.startsWith(`${libraryFolder}/`) };
}

/** The text a tool sees. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ');
}
