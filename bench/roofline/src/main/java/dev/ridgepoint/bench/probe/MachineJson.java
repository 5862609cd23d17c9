package dev.ridgepoint.bench.probe;

import dev.ridgepoint.estimator.hardware.Machine;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A machine for anybody to read: the estimator's, with what it does not ask for besides. */
public final class MachineJson {
  private static final String SLOTS = "instructionSlots";
  private static final JsonMapper JSON = JsonMapper.shared();

  private MachineJson() {}

  /** The tree; without slots where none were measured. */
  public static ObjectNode of(Machine machine, Optional<InstructionSlots> slots) {
    ObjectNode node = JSON.valueToTree(machine);
    slots.ifPresent(each -> node.set(SLOTS, JSON.valueToTree(each)));
    return node;
  }
}
