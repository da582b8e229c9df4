// A memory of wide words: slices of at most SLICE bits, each with registers of its own before its ports, so that no net drives a whole
// word. Reading takes READ_STAGES and the stage of these registers; a word written in the cycle in which it is read is not seen by
// that read, as in `ram`. WRITERS ports write, never in the same turn: a turn begins with `enter`, at least a cycle before its first word.
module wide_ram #(
  parameter int WIDTH = 1024,
  parameter int SLICE = 576,
  parameter int DEPTH = 16,
  parameter STORAGE = "bram",
  parameter int READ_STAGES = 2,
  parameter int WRITERS = 1,
  localparam int ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
  input  logic                            clk,
  input  logic [ADDRESS_BITS-1:0]         read_address,
  output logic [WIDTH-1:0]                read_data,
  input  logic [WRITERS-1:0]              enter,
  input  logic [WRITERS-1:0]              write,
  input  logic [WRITERS*ADDRESS_BITS-1:0] write_address,
  input  logic [WRITERS*WIDTH-1:0]        write_data
);
  localparam int SLICES = (WIDTH + SLICE - 1) / SLICE;
  for (genvar i = 0; i < SLICES; ++i) begin : slice
    localparam int BITS = i < SLICES - 1 ? SLICE : WIDTH - SLICE * (SLICES - 1);
    // Place and word of each writer, and those of the one whose turn it is.
    localparam int OFFER = ADDRESS_BITS + BITS;
    wire [WRITERS*OFFER-1:0] offers;
    for (genvar w = 0; w < WRITERS; ++w) begin : writer
      assign offers[OFFER*w +: OFFER] = {write_address[ADDRESS_BITS*w +: ADDRESS_BITS], write_data[WIDTH*w + SLICE*i +: BITS]};
    end
    logic [ADDRESS_BITS-1:0] chosen_address;
    logic [BITS-1:0] chosen_data;
    if (WRITERS == 1) begin : one
      assign {chosen_address, chosen_data} = offers;
      wire unused_enter = enter;
    end else begin : several
      wide_choice #(.WIDTH(OFFER), .SLICE(OFFER), .WRITERS(WRITERS)) choice (
        .clk, .enter, .in(offers), .out({chosen_address, chosen_data})
      );
    end
    logic [ADDRESS_BITS-1:0] read_at, write_at;
    logic writes;
    (* dont_touch = "true" *)
    kept_register #(.WIDTH(2 * ADDRESS_BITS + 1)) ports (
      .clk, .en(1'b1), .in({read_address, chosen_address, |write}), .out({read_at, write_at, writes})
    );
    logic [BITS-1:0] data;
    always_ff @(posedge clk) data <= chosen_data;
    ram #(.WIDTH(BITS), .DEPTH(DEPTH), .STORAGE(STORAGE), .READ_STAGES(READ_STAGES)) part (
      .clk, .read_address(read_at), .read_data(read_data[SLICE*i +: BITS]),
      .write(writes), .write_address(write_at), .write_data(data)
    );
  end
endmodule
