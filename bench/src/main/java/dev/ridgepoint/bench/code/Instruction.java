package dev.ridgepoint.bench.code;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of a disassembler.
 *
 * @param address of its first byte
 * @param mnemonic or the prefix before it
 * @param operands without comments; empty if it has none
 */
record Instruction(long address, String mnemonic, String operands) {
  /** The same of objdump and of hsdis, apart from spaces and {@code 0x}. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^ *(?:0x)?([0-9a-f]+):[ \\t]+([a-z({][^\\s;]*)[ \\t]*([^;\\n]*)");

  /** {@code #16} is an operand on AArch64. */
  private static final Pattern COMMENT = Pattern.compile("\\s*(?://|# |<).*");

  /** The instructions of a listing; its other lines are left out. */
  static List<Instruction> parse(String listing) {
    return LINE.matcher(listing)
        .results()
        .map(
            line ->
                new Instruction(
                    Long.parseUnsignedLong(line.group(1), 16),
                    line.group(2),
                    COMMENT.matcher(line.group(3)).replaceAll("").strip()))
        .toList();
  }
}
