// Memory with one write port and one read port.
// "bram": block RAM, read into its latch (READ_STAGES = 1) and then into its output register (2).
// "lutram": distributed RAM, read into a register (1), with one more after it (2).
// A word written in the cycle in which it is read is not seen by that read.
module ram #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 16,
  parameter STORAGE = "bram",  // "bram" or "lutram"
  parameter int READ_STAGES = 2,
  localparam int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
  input  logic                    clk,
  input  logic [ADDRESS_BITS-1:0] read_address,
  output logic [WIDTH-1:0]        read_data,
  input  logic                    write,
  input  logic [ADDRESS_BITS-1:0] write_address,
  input  logic [WIDTH-1:0]        write_data
);
  logic [WIDTH-1:0] latch;

  if (STORAGE == "bram") begin : block
    (* ram_style = "block" *) logic [WIDTH-1:0] memory [DEPTH];
    always_ff @(posedge clk) begin
      latch <= memory[read_address];
      if (write) memory[write_address] <= write_data;
    end
  end else begin : distributed
    (* ram_style = "distributed" *) logic [WIDTH-1:0] memory [DEPTH];
    always_ff @(posedge clk) begin
      latch <= memory[read_address];
      if (write) memory[write_address] <= write_data;
    end
  end

  if (READ_STAGES == 2) begin : output_register
    logic [WIDTH-1:0] value;
    always_ff @(posedge clk) value <= latch;
    assign read_data = value;
  end else begin : no_output_register
    assign read_data = latch;
  end
endmodule
