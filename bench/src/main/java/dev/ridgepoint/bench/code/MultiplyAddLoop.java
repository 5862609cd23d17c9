package dev.ridgepoint.bench.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One turn of an innermost loop that multiplies and adds vectors.
 *
 * @param instructions all of them, multiply-adds included
 * @param multiplyAdds of vectors of floats
 * @param lanes floats of a multiply-add; empty where the width is not in the code
 * @param spills vectors loaded from the stack or stored there
 * @param moves from vector register to vector register
 */
public record MultiplyAddLoop(
    int instructions, int multiplyAdds, OptionalInt lanes, int spills, int moves) {

  private record Range(long start, long end) {
    boolean overlaps(Range other) {
      return start <= other.end && other.start <= end;
    }

    long length() {
      return end - start;
    }
  }

  /** Instructions per multiply-add, which no neighbour of the core changes. */
  public double instructionsPerMultiplyAdd() {
    return (double) instructions / multiplyAdds;
  }

  /**
   * The innermost loops with multiply-adds, the one with most of them first; of as many, that with
   * the fewest other instructions, since loops before and after the main one check more. A loop is
   * what a jump backwards encloses; loops around the innermost are left out, and so are jumps that
   * return from behind a method's end into the middle of one.
   */
  static List<MultiplyAddLoop> innermost(List<Instruction> code, InstructionSet set) {
    List<Instruction> marks = code.stream().filter(set::isMultiplyAdd).toList();
    List<Range> innermost = new ArrayList<>();
    code.stream()
        .flatMap(instruction -> backwards(instruction, set).stream())
        .filter(range -> marks.stream().anyMatch(mark -> isIn(mark, range)))
        .sorted(Comparator.comparingLong(Range::length))
        .filter(range -> innermost.stream().noneMatch(range::overlaps))
        .forEach(innermost::add);
    return innermost.stream()
        .map(range -> of(code.stream().filter(each -> isIn(each, range)).toList(), set))
        .sorted(
            Comparator.comparingInt(MultiplyAddLoop::multiplyAdds)
                .reversed()
                .thenComparingInt(MultiplyAddLoop::instructions))
        .toList();
  }

  private static List<Range> backwards(Instruction instruction, InstructionSet set) {
    OptionalLong target = set.jumpTarget(instruction);
    return target.isPresent() && Long.compareUnsigned(target.getAsLong(), instruction.address()) < 0
        ? List.of(new Range(target.getAsLong(), instruction.address()))
        : List.of();
  }

  private static boolean isIn(Instruction instruction, Range range) {
    return range.start <= instruction.address() && instruction.address() <= range.end;
  }

  private static MultiplyAddLoop of(List<Instruction> body, InstructionSet set) {
    List<Instruction> multiplyAdds = body.stream().filter(set::isMultiplyAdd).toList();
    return new MultiplyAddLoop(
        body.size(),
        multiplyAdds.size(),
        set.lanes(multiplyAdds.getFirst()),
        (int) body.stream().filter(set::isSpill).count(),
        (int) body.stream().filter(set::isVectorMove).count());
  }
}
