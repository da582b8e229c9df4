// Sum, least or greatest of LANES lanes: a binary tree of ceil(log2(LANES)) levels; an odd lane passes a level unchanged.
// STAGES = 0: combinational. Otherwise STAGES registers, one after each group of LEVELS_PER_STAGE levels but the last: the first
// group is combinational from the input, the last one to the output. A sum wraps at OUT_WIDTH bits.
module reduce_tree #(
  parameter OP = "add",  // "add", "min" or "max"
  parameter int LANES = 4,
  parameter int WIDTH = 8,
  parameter int SIGNED = 1,
  parameter int OUT_WIDTH = 10,
  parameter int STAGES = 0,
  parameter int LEVELS_PER_STAGE = 1
) (
  input  logic                   clk,
  input  logic                   en,
  input  logic [LANES*WIDTH-1:0] in,
  output logic [OUT_WIDTH-1:0]   out
);
  localparam int LEVELS = $clog2(LANES);
  localparam int GROUP = LEVELS_PER_STAGE > 0 ? LEVELS_PER_STAGE : 1;

  for (genvar l = 0; l <= LEVELS; l++) begin : level
    // Nodes of this level and bits of each: a level of sums needs one bit more than the one before it.
    localparam int NODES = (LANES + (1 << l) - 1) >> l;
    localparam int GROWN = OP == "add" ? WIDTH + l : WIDTH;
    localparam int BITS = GROWN < OUT_WIDTH ? GROWN : OUT_WIDTH;
    localparam bit REGISTERED = l > 0 && l % GROUP == 0 && l / GROUP <= STAGES;

    for (genvar n = 0; n < NODES; n++) begin : node
      logic [BITS-1:0] sum;    // as computed
      logic [BITS-1:0] value;  // as the next level sees it
      if (l == 0) begin : lane
        assign sum = in[n*WIDTH+:BITS];
      end else if (2 * n + 1 < (LANES + (1 << (l - 1)) - 1) >> (l - 1)) begin : pair
        logic [BITS-1:0] x, y;
        if (SIGNED != 0) begin : extended
          assign x = BITS'($signed(level[l-1].node[2*n].value));
          assign y = BITS'($signed(level[l-1].node[2*n+1].value));
        end else begin : extended
          assign x = BITS'(level[l-1].node[2*n].value);
          assign y = BITS'(level[l-1].node[2*n+1].value);
        end
        if (OP == "add") begin : operation
          assign sum = x + y;
        end else begin : operation
          logic less;
          if (SIGNED != 0) assign less = $signed(x) < $signed(y);
          else assign less = x < y;
          assign sum = less == (OP == "min") ? x : y;
        end
      end else begin : single
        if (SIGNED != 0) assign sum = BITS'($signed(level[l-1].node[2*n].value));
        else assign sum = BITS'(level[l-1].node[2*n].value);
      end
      if (REGISTERED) begin : stage
        always_ff @(posedge clk) if (en) value <= sum;
      end else begin : stage
        assign value = sum;
      end
    end
  end

  if (SIGNED != 0) assign out = OUT_WIDTH'($signed(level[LEVELS].node[0].value));
  else assign out = OUT_WIDTH'(level[LEVELS].node[0].value);

  if (STAGES == 0) begin : combinational
    logic unused;
    assign unused = clk & en;
  end
endmodule
