package dev.ridgepoint.bench.code;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How instructions are told apart; on x86-64 in Intel's order of operands as in AT&T's. */
public enum InstructionSet {
  X86_64(
      "i386:x86-64",
      "j\\w+",
      "vfmadd\\d+ps",
      "(?=.*[xyz]mm\\d)(?=.*\\brsp\\b).*",
      "v?mov(?:[au]p[sd]|dq[au]\\d*) %?[xyz]mm\\d+, ?%?[xyz]mm\\d+"),
  AARCH64(
      "aarch64",
      "b(?:\\..+)?|cbn?z|tbn?z",
      "fmla|fmad",
      "\\w+ .*\\b[qvz]\\d.*\\[sp\\b.*",
      "mov [vz]\\d+\\.\\w+, ?[vz]\\d+\\.\\w+");

  private static final Pattern TARGET = Pattern.compile("(?:.*[\\s,])?(?:0x)?([0-9a-f]+)");
  private static final Pattern X86_REGISTER = Pattern.compile("([xyz])mm\\d");
  private static final Pattern AARCH64_VECTOR = Pattern.compile("v\\d+\\.(\\d+)s");
  private static final Pattern SCALABLE_VECTOR = Pattern.compile("z\\d+\\.s");

  private final String objdumpName;
  private final Pattern jump;
  private final Pattern multiplyAdd;
  private final Pattern spill;
  private final Pattern move;

  InstructionSet(String objdumpName, String jump, String multiplyAdd, String spill, String move) {
    this.objdumpName = objdumpName;
    this.jump = Pattern.compile(jump);
    this.multiplyAdd = Pattern.compile(multiplyAdd);
    this.spill = Pattern.compile(spill);
    this.move = Pattern.compile(move);
  }

  /** That of this JVM. */
  public static Optional<InstructionSet> current() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  /** What objdump's {@code -m} takes. */
  String objdumpName() {
    return objdumpName;
  }

  /** Where a jump leads that names its target; calls are none. */
  OptionalLong jumpTarget(Instruction instruction) {
    Matcher target = TARGET.matcher(instruction.operands());
    return jump.matcher(instruction.mnemonic()).matches() && target.matches()
        ? OptionalLong.of(Long.parseUnsignedLong(target.group(1), 16))
        : OptionalLong.empty();
  }

  /** Whether it multiplies and adds vectors of floats. */
  boolean isMultiplyAdd(Instruction instruction) {
    return multiplyAdd.matcher(instruction.mnemonic()).matches()
        && (this == X86_64
            || AARCH64_VECTOR.matcher(instruction.operands()).find()
            || SCALABLE_VECTOR.matcher(instruction.operands()).find());
  }

  /** Floats of a multiply-add; empty for a scalable vector, whose width is not in the code. */
  OptionalInt lanes(Instruction multiplyAdd) {
    if (this == X86_64) {
      Matcher register = X86_REGISTER.matcher(multiplyAdd.operands());
      return register.find()
          ? OptionalInt.of(4 << "xyz".indexOf(register.group(1)))
          : OptionalInt.empty();
    }
    Matcher vector = AARCH64_VECTOR.matcher(multiplyAdd.operands());
    return vector.find() ? OptionalInt.of(Integer.parseInt(vector.group(1))) : OptionalInt.empty();
  }

  /** Whether it loads a vector from the stack, or stores one there. */
  boolean isSpill(Instruction instruction) {
    return spill.matcher(text(instruction)).matches();
  }

  /** Whether it copies a vector register to another. */
  boolean isVectorMove(Instruction instruction) {
    return move.matcher(text(instruction)).matches();
  }

  private static String text(Instruction instruction) {
    return instruction.mnemonic() + " " + instruction.operands();
  }
}
