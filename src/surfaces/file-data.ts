/** The addresses of files as a request's caller reaches them. */
import type { FastifyRequest } from 'fastify';
import type { FileData } from '../engine/file-data.ts';
import { fileData } from '../files/links.ts';
import type { Project } from '../projects/project.ts';
import { originOfRequest } from './origin.ts';

/** With the address under which the caller reaches the server. */
export function fileDataFor(request: FastifyRequest): FileData {
  const { project } = request;
  return (facts, wanted) => fileData(linksOf(project, originOfRequest(request)), facts, wanted);
}

/** Without a host, for what no request asks for. */
export function relativeFileData(project: Project): FileData {
  return (facts, wanted) => fileData(linksOf(project, ''), facts, wanted);
}

function linksOf({ key, rules }: Project, origin: string): Parameters<typeof fileData>[0] {
  return { project: key, origin, settings: rules.current.settings };
}
