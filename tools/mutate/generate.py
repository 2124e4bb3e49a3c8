#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: generate.py SOURCE BUILD FUNCTIONS SURVIVORS OUT [SELECTION]...

Write into the folder OUT/rules a patch for each mutant of the functions in the list FUNCTIONS,
and a table of them, OUT/mutants.tsv: name, operator, file, function, line, what is known of it,
and what it is known by in the file SURVIVORS. SOURCE is a kernel tree, BUILD the O= folder where
it was built.
A SELECTION narrows down what is mutated, or how much of it:
    --function [FILE:]NAME   one function
    --patch FOLDER FILE      just lines that the patch FILE adds or touches; FOLDER has the files
                             that it changes as it leaves them
    --sample N --seed S      N of the mutants, drawn from all operators and functions
"""

import argparse
import os
import sys

import draw
import functions
import kvm_tree
import survivors


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ('source', 'build', 'functions', 'survivors', 'out'):
        parser.add_argument(name)
    parser.add_argument('--function')
    parser.add_argument('--patch', nargs=2)
    parser.add_argument('--sample', type=int)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    # libclang goes to the folder that a file was compiled in.
    for name in ('source', 'build', 'out'):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    known = survivors.read(options.survivors)
    listed = functions.read(options.functions)
    patched, patch = map(os.path.abspath, options.patch) if options.patch else (None, None)
    tree = kvm_tree.Tree(options.source, options.build, patched)
    if patch:
        found = kvm_tree.mutants_of_patch(tree, listed, patch)
    else:
        found = kvm_tree.mutants_of_functions(tree, listed, options.function)
    total = len(found)
    if options.sample:
        found = draw.stratified(found, options.sample, options.seed)
    with open(os.path.join(options.out, 'mutants.tsv'), 'w', encoding='latin-1') as table:
        for mutant in found:
            mutant.known = known.get(mutant.key)
            with open(os.path.join(options.out, 'rules', mutant.name + '.patch'), 'w',
                      encoding='latin-1', newline='') as file:
                file.write(mutant.patch())
            print(mutant.name, mutant.operator, mutant.file, mutant.function, mutant.line,
                  mutant.known.kind if mutant.known else '', mutant.key[0], sep='\t', file=table)
    print('%d of %d mutants' % (len(found), total), file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
